"""What the rules ask for around a recording: deadlines, quotas, keeping, tickets, agreement between recordings.

Pure: no database, no clock of the machine. Days and lists come in, decisions go out; the data is configs/duties.yaml
and configs/consistency.yaml.
"""
