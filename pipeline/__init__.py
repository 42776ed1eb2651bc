"""Who cites whom among ASEAN documents: the public verbs of the package."""
