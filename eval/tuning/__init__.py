"""Operating points: which thresholds to judge by, chosen on one part of a corpus and measured on another."""
