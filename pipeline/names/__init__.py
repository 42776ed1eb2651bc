"""What a name is made of: folding with a way back, tokens, spelling, numbers, dates, editions, head nouns."""
