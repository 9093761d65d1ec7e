"""Evidence packets: what a session rests on, in one file that opens and can be checked without the system."""
