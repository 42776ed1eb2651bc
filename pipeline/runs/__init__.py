"""The parts of a run: what lies there, what has to be done, who does it, what is kept, and what is written."""
