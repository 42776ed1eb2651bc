"""The parts of classification: cues, what they work on, and the deadlines of promises."""
