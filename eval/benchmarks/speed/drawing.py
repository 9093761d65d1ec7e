"""The plot: shares of real time as bars, one panel for each length, a mark where the process was warm.

SVG whose letters stay letters: small, and the reader's fonts draw the Chinese ones.
"""

import io
from collections.abc import Sequence
from typing import Any

from eval.benchmarks.speed.contenders import BY_KEY
from eval.benchmarks.speed.results import Recording
from eval.benchmarks.speed.summary import Row
from eval.benchmarks.speed.words import KINDS, TEXTS, TITLES, Language

OURS, THEIRS, WARM = "#1f5fa8", "#a8adb5", "#d2691e"
WIDTH, BAR, AROUND = 9.0, 0.3, 0.9
NAMES_SHARE = 0.36
FONTS = ["Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "DejaVu Sans", "sans-serif"]


def plot(found: Sequence[Row], language: Language) -> str:
    """The rows as an SVG document; the same rows give the same document."""
    import logging

    import matplotlib as mpl
    from matplotlib.figure import Figure

    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # a missing font is the reader's to replace
    panels: dict[Recording, list[Row]] = {}
    for row in found:
        panels.setdefault(row.recording.sound, []).append(row)
    texts = TEXTS[language]
    style: Any = {"svg.fonttype": "none", "svg.hashsalt": "speed", "font.family": FONTS, "font.size": 9}
    heights = [AROUND + BAR * len(rows) for rows in panels.values()] or [AROUND]
    with mpl.rc_context(style):
        figure = Figure(figsize=(WIDTH, sum(heights)))
        axes = figure.subplots(len(heights), 1, squeeze=False, height_ratios=heights)[:, 0]
        for place, rows, axis in zip(panels, panels.values(), axes, strict=False):
            _panel(axis, rows, language)
            title = texts["one" if place.files == 1 else "many"]
            axis.set_title(title.format(minutes=place.minutes, files=place.files), loc="left", fontsize=9)
        axes[-1].set_xlabel(texts["plot_axis"])
        below = 0.5 / sum(heights)
        figure.subplots_adjust(left=NAMES_SHARE, right=0.95, top=1 - below * 0.7, bottom=below, hspace=0.5)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _panel(axis: Any, rows: Sequence[Row], language: Language) -> None:
    names = [f"{TITLES[language][row.contender].strip('*')} · {KINDS[language][row.recording.kind]}" for row in rows]
    places = range(len(rows))
    colours = [OURS if row.contender in BY_KEY and BY_KEY[row.contender].ours else THEIRS for row in rows]
    bars = axis.barh(places, [row.factor for row in rows], color=colours, height=0.7)
    axis.bar_label(bars, [f"{row.factor:.3f}" for row in rows], padding=3, fontsize=8)
    warm = [(place, row.warm_factor) for place, row in enumerate(rows) if row.warm_factor is not None]
    if warm:
        axis.scatter(
            [value for _, value in warm],
            [place for place, _ in warm],
            marker="|",
            s=90,
            color=WARM,
            label=TEXTS[language]["plot_warm"],
        )
        axis.legend(loc="lower right", bbox_to_anchor=(1, 1), borderaxespad=0.2, fontsize=7, frameon=False)
    axis.set_yticks(places, names)
    axis.invert_yaxis()
    axis.margins(x=0.12)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)
