"""The specimens in raw_pdfs/: their sources, the builder that lays them out, and the gold that comes with them."""
