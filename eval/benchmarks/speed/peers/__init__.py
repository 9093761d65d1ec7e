"""What users would otherwise run, each as a script for an environment of its own (the .txt beside it).

The scripts run with the project on their module path and see of it this package and, for the voice encoder that has
no package, models/voice_embedding.py. They use the peers as their own documents show, and change nothing of them.
"""
