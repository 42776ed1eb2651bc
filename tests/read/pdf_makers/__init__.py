"""PDFs with planted titles, by several producers, to measure how many titles come out of the reader in one piece."""
