"""Chinese as recognisers write it: folded characters, toneless syllables, spoken numbers, classes of answers."""
