"""The parts of evaluation: labelled cases, compared with what was found, counted, and shown."""
