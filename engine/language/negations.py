"""The characters that turn a Chinese sentence round."""

NEGATIONS = frozenset("不没无未非别勿莫否")
