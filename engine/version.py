"""The engine's own version, part of every result."""

VERSION = "0.1.0"
