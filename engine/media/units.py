"""What the units of coded pictures look like (NAL units of H.264 and HEVC, ITU-T H.264 7.3.1, H.265 7.3.1.2)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

H264_SLICES = frozenset({1, 5})
H264_OTHERS = frozenset({6, 7, 8, 9, 12})
HEVC_SLICES = frozenset({*range(10), *range(16, 22)})
HEVC_OTHERS = frozenset(range(32, 41))
HEAD = 12
SMALL = 1 << 16
"""Units that are no slices hold parameters or remarks, and are small."""


@dataclass(frozen=True)
class Units:
    """One codec. `header`: the least bytes a unit has; heads are a unit's first HEAD bytes, its length left out."""

    header: int
    kind: Callable[[bytes], int]
    slices: frozenset[int]
    others: frozenset[int]
    alone: frozenset[int]
    length_at: int
    first_slice_at: int

    def length_bytes(self, extradata: bytes) -> int | None:
        """How many bytes a unit's length takes by the configuration record of an MP4; None where it is none."""
        if len(extradata) <= self.length_at or extradata[0] != 1:
            return None
        width = (extradata[self.length_at] & 3) + 1
        return width if width in (2, 4) else None

    def plausible(self, head: bytes, length: int) -> bool:
        """Whether a unit may begin so and be so long."""
        if head[0] & 0x80 or not self._well_formed(head):
            return False
        kind = self.kind(head)
        if kind in self.slices:
            return self.kind is _hevc or _slice_fits(head[1:])
        return kind in self.others and length <= SMALL

    def _well_formed(self, head: bytes) -> bool:
        if self.kind is _hevc:  # HEVC: base layer, and a temporal id
            return not head[0] & 1 and not head[1] >> 3 and bool(head[1] & 7)
        kind, importance = head[0] & 31, head[0] >> 5
        return importance == 0 if kind in (6, 9, 12) else importance > 0 if kind in (5, 7, 8) else True

    def first_slice(self, head: bytes) -> bool:
        """Whether the unit is the first slice of a picture."""
        return self.is_slice(head) and self._first_slice(head)

    def _first_slice(self, unit: bytes) -> bool:
        return len(unit) > self.first_slice_at and bool(unit[self.first_slice_at] & 0x80)

    def is_slice(self, head: bytes) -> bool:
        """Whether the unit is part of a picture itself."""
        return self.kind(head) in self.slices

    def stands_alone(self, head: bytes) -> bool:
        """Whether the picture needs no other."""
        return self.kind(head) in self.alone

    def begins_picture(self, head: bytes) -> bool:
        """Whether the unit, after slices, is the first of the next picture."""
        return not self.is_slice(head) or self._first_slice(head)

    @cache  # noqa: B019  two codecs live for ever
    def headers(self) -> NDArray[np.bool_]:
        """Which first bytes (256,) a unit may have."""
        second = b"\x01"
        wanted = (self.slices, self.others)
        return np.array(
            [
                not byte & 0x80
                and any(self.kind(bytes([byte])) in one for one in wanted)
                and self._well_formed(bytes([byte]) + second)
                for byte in range(256)
            ]
        )


def _h264(head: bytes) -> int:
    return head[0] & 31


def _hevc(head: bytes) -> int:
    return head[0] >> 1 & 63


def _slice_fits(bits: bytes) -> bool:
    """Whether a slice of H.264 may begin so: its place, one of ten types, one of 256 parameter sets."""
    whole, left = int.from_bytes(bits, "big"), 8 * len(bits)
    for largest in (1 << 20, 9, 255):
        zeros = 0
        while left and not whole >> (left - 1) & 1:
            zeros, left = zeros + 1, left - 1
        if left < zeros + 1 or zeros > 20:
            return False
        value = (whole >> (left - zeros - 1) & ((1 << zeros + 1) - 1)) - 1
        left -= zeros + 1
        if value > largest:
            return False
    return True


UNITS: dict[str, Units] = {
    "h264": Units(2, _h264, H264_SLICES, H264_OTHERS, frozenset({5}), 4, 1),
    "hevc": Units(3, _hevc, HEVC_SLICES, HEVC_OTHERS, frozenset(range(16, 22)), 21, 2),
}
