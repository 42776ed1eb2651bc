"""The commands of `topology`, one file each; `cli.py` puts them together."""
