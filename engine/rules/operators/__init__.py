"""Operators of rule checks, one module per family. Each operator is its validated parameters and what they look for."""
