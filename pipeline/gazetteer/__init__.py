"""The parts of the gazetteer: its rows and files read, checked, formatted, added to and tried out."""
