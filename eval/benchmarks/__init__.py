"""Measured figures: how fast and how big an inspection is, and how right on synthetic sessions and small faces."""
