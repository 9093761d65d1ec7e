"""What can go wrong with model weights.

`models` stands below `engine`, so it cannot raise the engine's `MingjianError`. A `WeightsError` carries a code and
details of the same catalogue (engine/errors, MJ501 to MJ504); whoever shows it to a person builds the bilingual
text from them.
"""


class WeightsError(Exception):
    """A weights problem: `code` is a key of the engine's error catalogue, `details` fill its texts."""

    def __init__(self, code: str, **details: str) -> None:
        self.code = code
        self.details = details
        super().__init__(f"{code}: " + ", ".join(f"{name}={value}" for name, value in details.items()))


class FetchError(Exception):
    """One source could not deliver; the fetcher goes on to the next. The message is for a person."""
