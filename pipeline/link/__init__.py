"""The parts of linking: hard guards first, then editions, dates and the words around, and a reason for each link."""
