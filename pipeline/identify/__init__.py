"""Which document a file is, from the file itself: its front matter, the known document it may be, its copies."""
