"""The parts of review: judgements on disk, which are in force, and where they belong when a text has changed."""
