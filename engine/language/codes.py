"""Text as arrays of code points, in which long texts are folded and read out at once.

>>> text_of(codes_of("犹豫期")[1:])
'豫期'
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint32]
LAST_CODE = 0x10FFFF
ENCODING = "utf-32-le"
UNPAIRED = "surrogatepass"  # half of a character that no encoding knows must not stop a verdict


def codes_of(text: str) -> Codes:
    """One code point per character, read only."""
    return np.frombuffer(text.encode(ENCODING, UNPAIRED), dtype="<u4").astype(np.uint32, copy=False)


def text_of(codes: Codes) -> str:
    """The text behind code points."""
    return codes.astype("<u4", copy=False).tobytes().decode(ENCODING, UNPAIRED)


class CodeTable:
    """What `convert` makes of each character, one for one, worked out when the character is first met."""

    def __init__(self, convert: Callable[[str], str]) -> None:
        self._convert = convert
        self._table: Codes = np.zeros(LAST_CODE + 1, dtype=np.uint32)  # the system lends no memory to unmet characters

    def __call__(self, codes: Codes) -> Codes:
        found = self._table[codes]
        if not found.all():
            for code in set(codes[found == 0].tolist()):
                self._table[code] = ord(self._convert(chr(code)))
            found = self._table[codes]
        return found
