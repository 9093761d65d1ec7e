"""Corpora: recordings with whatever is known of them, and how they are made, imported, checked and degraded."""
