"""How far an inspection is from the truth: text, speakers, roles, short answers, shares with their uncertainty."""
