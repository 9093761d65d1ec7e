"""The spoken test: every phrase of the rule sets and many answers said aloud, recognised, judged, counted."""
