"""The parts of detection: a text made fit for matching, the names in it, and what makes a name a mention."""
