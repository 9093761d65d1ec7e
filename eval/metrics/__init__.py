"""How far inspections are from the truth: text, speakers, items, sessions, confidences, spans, and what errors cost."""
