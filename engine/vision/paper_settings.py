"""Every threshold of papers, clocks and signing in one place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PaperLimits:
    """How papers, cards, clocks and handwriting are looked for. Times in seconds, luma 0..255, sizes in pixels of the
    picture shrunk to `lines`, except where said otherwise. Chosen on rendered papers (eval/benchmarks/papers.py).
    """

    lines: int = 360
    """Shorter side to which a frame is shrunk before it is searched for what looks like text."""
    cell_px: int = 16
    """Side of the cells in which such places are counted."""
    stroke_px: int = 7
    """Strokes of text are narrower than this."""
    stroke_contrast: int = 14
    """By so much luma a stroke differs from its ground."""
    stroke_shares: tuple[float, float] = (0.08, 0.75)
    """Share of a cell that strokes cover where there is text."""
    stroke_turns: float = 1.0
    """So often, in a row of pixels of such a cell, a stroke begins or ends at least."""
    even_ground: float = 5.0
    """Largest standard deviation, in luma, of the ground of such a cell without its strokes."""
    least_cells: int = 4
    """Fewer cells than this are no paper, card or line of text worth a look."""

    still_share: float = 0.5
    """Two frames show the same paper, held still, where the cells they share make up this much of all of either."""
    still_ink: float = 0.15
    """They show another one all the same where the strokes in their common cells differ by more than this share."""
    least_held: float = 0.75
    """A paper must be held for so long to be read."""
    fixed_share: float = 0.6
    """What is text-like in this share of a recording belongs to the place (or stays on show) and is read by itself."""
    again_every: float = 15.0
    """A place that stays the same for longer is read again this often."""

    frames_per_minute: float = 3.0
    """Frames that are read, at most; the widest and longest held first."""
    least_frames: int = 6
    """So many are read in however short a recording."""
    most_frames: int = 90
    """No more in however long a one."""
    longest_px: int = 960
    """Longer side, in pixels of the frame, to which a region is shrunk before lines are looked for."""
    smallest_px: int = 480
    """A region with a longer side below this is enlarged to twice its size first."""
    most_lines: int = 10
    """Lines read in one frame: the highest ones."""
    least_line_px: float = 9.0
    """Lines less high, in pixels of the frame, are not read: a person cannot either."""
    least_score: float = 0.6
    """Lines read with less than this say nothing."""

    title_likeness: float = 0.8
    """How much of a title must be read, single characters being misread."""
    title_height: float = 1.1
    """The title of a sheet is at least this high, as a share of its median line."""
    sheet_lines: int = 4
    """So many lines make a sheet; with fewer nothing tells print that is large."""
    title_room: float = 2.5
    """The line of a title is at most this many times as long as the title itself (an insurer's or product's name)."""
    same_gap: float = 3.0
    """Two sightings of one title this close are one showing."""

    clock_looks: int = 6
    """So often a clock is read over a recording."""
    clock_reach: float = 1.25
    """Size of the place a clock is looked for in again, over that of its first reading."""

    ink_pages: int = 8
    """Sheets that are looked at for writing, at most, and one more for every `ink_every` seconds."""
    ink_every: float = 120.0
    ink_apart: float = 1.0
    """Shortest time between two looks at a sheet that are compared."""
    ink_gap: float = 60.0
    """A sheet that is hidden for no longer than this, and is there again in the same place, is the same sheet."""
    ink_looks: int = 3
    """So many later looks at a sheet are compared with the first, the latest first; and as many showings of it after
    something was written are read."""
    ink_moved: float = 1.15
    """A sheet that is by more than this larger or smaller than before was moved: it is no longer where it was."""
    ink_seconds: float = 0.3
    """Strokes that come sooner one after the other than this were not written: another sheet lies there now."""
    ink_width: int = 640
    """Longer side, in pixels, at which two looks at a sheet are compared."""
    ink_matches: int = 25
    """Points by which two looks at one sheet must agree."""
    ink_agreeing: float = 0.4
    """... and so large a share of all that resemble each other."""
    ink_lost: float = 0.1
    """No more than this share of the earlier print may be missing in the later look."""
    ink_contrast: int = 30
    """By so much luma a stroke differs from the sheet around it."""
    ink_sharpness: float = 0.7
    """Print must stand out in the earlier look at least this share as much as in the later one."""
    ink_slack: int = 5
    """How far, in pixels of that size, print may lie off after one look was laid over the other."""
    ink_least: int = 60
    """Pixels of new strokes from which on something has been written."""
    ink_lead: float = 4.0
    """New strokes must be so many times as many as vanished ones: a sheet laid badly over itself shows both."""
    ink_largest: float = 0.35
    """New strokes that span more than this share of the sheet's area are another page, a hand or a shadow."""
    copy_least_chars: int = 8
    """Writing of so many characters is a sentence copied, not a name."""
    copy_width: float = 0.5
    """Writing this wide, as a share of the print's width, is no name either, whatever can be read of it."""

    hand_looks: int = 4
    """Frames of an act of writing that are searched for hands."""
    hand_score: float = 0.5
    """Least score of a palm."""
