"""PDFs from the addresses that SOURCES.csv and WATCH.csv name."""
