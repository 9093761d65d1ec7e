"""Papers, cards and screens with rendered Chinese text, as somebody holds them before a camera or lays them on a table.

A sheet is drawn large and flat, then turned, foreshortened and scaled into the frame. What is written by hand appears
stroke by stroke from left to right, under a hand with a pen where one is wanted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import MingjianError
from eval.synth.picture import Image

FONTS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")
SANS, SERIF = "NotoSansCJK-Regular.ttc", "NotoSerifCJK-Regular.ttc"
SIMPLIFIED = 2
"""Face of the font collection with mainland shapes."""

PAGE, CARD, SCREEN = (900, 1260), (860, 542), (1280, 800)
"""Width and height at which sheets are drawn."""

WHITE, PALE, SKIN, INK, PEN = (246, 245, 240), (214, 226, 236), (205, 158, 130), (30, 30, 34), (28, 40, 110)
TITLE_PX = {PAGE: 62, CARD: 52, SCREEN: 58}
BODY_PX = {PAGE: 30, CARD: 40, SCREEN: 34}


@dataclass(frozen=True, eq=False)
class Sheet:
    """Something flat: `image` (h, w, 3) RGB. `blank` is where somebody writes: left, top, width, height in it."""

    image: Image
    blank: tuple[int, int, int, int]


@cache
def font(name: str, size: int) -> Any:
    """A Chinese font. Raises MingjianError `synth_unavailable` where fonts-noto-cjk is not installed."""
    from PIL import ImageFont

    for folder in FONTS:
        found = sorted(folder.rglob(name)) if folder.is_dir() else []
        if found:
            return ImageFont.truetype(str(found[0]), size, index=SIMPLIFIED)
    raise MingjianError("synth_unavailable", detail=f"fonts-noto-cjk: {name}")


def page(title: str, lines: Sequence[str], size: tuple[int, int] = PAGE, paper: tuple[int, int, int] = WHITE) -> Sheet:
    """A sheet with a centred title, lines of text below it, and room for a signature at its end."""
    from PIL import Image as Pictures
    from PIL import ImageDraw

    picture = Pictures.new("RGB", size, paper)
    draw = ImageDraw.Draw(picture)
    heading = font(SANS, _fitting(title, TITLE_PX[size], size[0] * 0.88))
    draw.text(((size[0] - draw.textlength(title, font=heading)) / 2, size[1] * 0.05), title, INK, font=heading)
    body = font(SERIF, BODY_PX[size])
    top = size[1] * 0.05 + TITLE_PX[size] * 2.2
    for line in lines:
        for part in _wrapped(line, int(size[0] * 0.86 / BODY_PX[size])):
            draw.text((size[0] * 0.07, top), part, INK, font=body)
            top += BODY_PX[size] * 1.6
    bottom = min(round(top + BODY_PX[size] * 0.5), round(size[1] * 0.84))
    blank = (round(size[0] * 0.07), bottom, round(size[0] * 0.86), round(size[1] * 0.97) - bottom)
    return Sheet(np.asarray(picture, np.uint8), blank)


def card(title: str, lines: Sequence[str]) -> Sheet:
    """A card: an identity card, a licence or a badge."""
    return page(title, lines, CARD, PALE)


def screen(title: str, lines: Sequence[str]) -> Sheet:
    """An electronic document on a tablet, with its buttons."""
    return page(title, [*lines, "", "我已阅读并同意      下一步"], SCREEN, (250, 250, 252))


@dataclass(frozen=True, slots=True)
class Hand:
    """How somebody writes: the font the strokes are taken from, how large they are (shares of the line's height, least
    and most), and by how many degrees they slant to either side.
    """

    font: str
    sizes: tuple[float, float]
    slant: float


HANDS = (Hand(SERIF, (0.72, 0.88), 6.0), Hand(SANS, (0.6, 0.84), 9.0), Hand(SERIF, (0.52, 0.88), 14.0))
"""From neat to unruly. They are fonts all the same, and easier to read than people's own hands."""


def handwriting(text: str, height: int, seed: int, by: Hand = HANDS[0]) -> NDArray[np.float32]:
    """`text` as pen strokes of unsteady size, place and slant: coverage 0..1, (height, width)."""
    from PIL import Image as Pictures
    from PIL import ImageDraw

    random = np.random.default_rng([seed, len(text)])
    pieces = []
    for one in text:
        size = round(height * random.uniform(*by.sizes))
        cell = Pictures.new("L", (round(height * 0.95), height), 0)
        place = (height * random.uniform(0.0, 0.08), height * random.uniform(-0.12, 0.0))
        ImageDraw.Draw(cell).text(place, one, 255, font=font(by.font, size))
        slanted = cell.rotate(random.uniform(-by.slant, by.slant), resample=Pictures.Resampling.BICUBIC)
        pieces.append(np.asarray(slanted, np.float32) / 255)
    return np.concatenate(pieces, axis=1) if pieces else np.zeros((height, 1), np.float32)


def written(sheet: Sheet, text: str, share: float, seed: int, height: int = 64, by: Hand = HANDS[0]) -> Sheet:
    """`sheet` with the first `share` (0..1) of `text` written by hand into its blank, line by line."""
    left, top, width, room = sheet.blank
    per_line = max(1, int(width / (height * 0.95)))
    image = sheet.image.astype(np.float32)
    done = share * len(text)
    for number, start in enumerate(range(0, len(text), per_line)):
        row = top + round(number * height * 1.25)
        if done <= start or row + height > top + room:
            break
        strokes = handwriting(text[start : start + per_line], height, seed + number, by)
        shown = min(strokes.shape[1], round((done - start) * height * 0.95))
        cover = strokes[:, :shown, None]
        part = image[row : row + height, left : left + shown]
        part[:] = part * (1 - cover) + np.array(PEN, np.float32) * cover
    return Sheet(np.asarray(image, np.uint8), sheet.blank)


def tip(sheet: Sheet, text: str, share: float, height: int = 64) -> tuple[float, float]:
    """Where the pen is, in pixels of the sheet, once `share` of `text` has been written."""
    left, top, width, _ = sheet.blank
    per_line = max(1, int(width / (height * 0.95)))
    done = share * len(text)
    line = min(int(done // per_line), max(0, (len(text) - 1) // per_line))
    return left + (done - line * per_line) * height * 0.95, top + (line * 1.25 + 0.6) * height


def pose(
    sheet: Sheet, width_px: float, centre: tuple[float, float], angle: float = 0.0, tilt: float = 0.0
) -> NDArray[np.float64]:
    """Homography (3, 3) from pixels of the sheet to the frame: `width_px` wide around `centre`, turned by `angle`
    degrees in the picture and by `tilt` degrees about its upright axis.
    """
    height, width = sheet.image.shape[:2]
    scale = width_px / width
    turn, yaw = np.deg2rad(angle), np.deg2rad(tilt)
    across, down = width / 2, height / 2
    corners = np.array([[-across, -down], [across, -down], [across, down], [-across, down]])
    depth = 1.0 + corners[:, 0] * np.sin(yaw) / (3.0 * width)  # three widths away
    flat = np.stack([corners[:, 0] * np.cos(yaw) / depth, corners[:, 1] / depth], axis=1) * scale
    turned = flat @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    import cv2

    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(source, (turned + np.array(centre)).astype(np.float32)), np.float64)


def hold(frame: Image, sheet: Sheet, to_frame: NDArray[np.float64], light: float = 0.93) -> None:
    """Draw `sheet` into `frame` (h, w, 3), in place. Shrinks it evenly first: printed text must not flicker."""
    import cv2

    height, width = sheet.image.shape[:2]
    corners = np.array([[[0, 0], [width, 0], [width, height], [0, height]]], np.float64)
    reached = cv2.perspectiveTransform(corners, to_frame)[0]
    left, top = np.floor(reached.min(axis=0)).astype(int)
    right, bottom = np.ceil(reached.max(axis=0)).astype(int) + 1
    left, top, right, bottom = max(0, left), max(0, top), min(frame.shape[1], right), min(frame.shape[0], bottom)
    if right <= left or bottom <= top:
        return
    fine = 2  # drawn twice as large and averaged: no jagged strokes
    move = np.array([[fine, 0, -left * fine], [0, fine, -top * fine], [0, 0, 1]], np.float64) @ to_frame
    size = ((right - left) * fine, (bottom - top) * fine)
    shrink = max(1.0, 1.0 / (fine * np.sqrt(abs(np.linalg.det(to_frame[:2, :2])))))
    soft = cv2.GaussianBlur(sheet.image, (0, 0), 0.4 * shrink) if shrink > 1.2 else sheet.image
    drawn = cv2.warpPerspective(soft, move, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.warpPerspective(np.ones((height, width), np.float32), move, size, flags=cv2.INTER_LINEAR)
    small = cv2.resize(drawn, (right - left, bottom - top), interpolation=cv2.INTER_AREA).astype(np.float32) * light
    alpha = cv2.resize(cover, (right - left, bottom - top), interpolation=cv2.INTER_AREA)[..., None]
    part = frame[top:bottom, left:right]
    part[:] = np.clip(part * (1 - alpha) + small * alpha, 0, 255).astype(np.uint8)


def hand(frame: Image, at: tuple[float, float], size: float) -> None:
    """A hand with a pen whose tip is at `at`, coming from the lower right; `size` is that of the fist in pixels.

    It hides what it hides and moves as a hand does; it is no picture of a real one.
    """
    import cv2

    x, y = at
    fist = (round(x + 0.75 * size), round(y + 0.7 * size))
    cv2.line(frame, fist, (round(x + 2.6 * size), round(y + 2.4 * size)), SKIN, max(1, round(0.75 * size)), cv2.LINE_AA)
    cv2.ellipse(frame, fist, (round(0.6 * size), round(0.45 * size)), 35, 0, 360, SKIN, -1, cv2.LINE_AA)
    cv2.line(frame, (round(x), round(y)), (round(x + 0.9 * size), round(y + 0.1 * size)), PEN, 3, cv2.LINE_AA)


def stamp(frame: Image, text: str, at: tuple[float, float], height: int) -> None:
    """Print `text` over the picture as recorders do: white with a dark rim, its top left at `at` pixels."""
    from PIL import Image as Pictures
    from PIL import ImageDraw

    letters = font(SANS, height)
    width = round(letters.getlength(text)) + 8
    left, top = round(at[0]), round(at[1])
    part = frame[top : top + round(height * 1.6), left : left + width]
    picture = Pictures.fromarray(np.ascontiguousarray(part))
    ImageDraw.Draw(picture).text((3, 1), text, (255, 255, 255), font=letters, stroke_width=2, stroke_fill=(20, 20, 20))
    part[:] = np.asarray(picture, np.uint8)


def _fitting(text: str, size: int, width: float) -> int:
    return max(12, min(size, int(width / max(1, len(text)))))


def _wrapped(line: str, count: int) -> list[str]:
    return [line[start : start + count] for start in range(0, max(1, len(line)), count)]
