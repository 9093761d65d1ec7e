"""An inspection in the terminal: the conclusion, what needs a person and why, where the report lies."""

from pathlib import Path
from typing import IO

from rich.console import Console
from rich.text import Text

from api.cli.console import printable
from engine.inspection import Inspection
from engine.report.output import REPORT_FILE
from engine.report.view import NEEDS_PERSON, Card, Piece, Quote, cards, tally
from engine.report.words import SESSION_VERDICT, SEVERITY, VERDICT, VERDICT_SIGN, clock, length

_STYLE = {
    "clear": "bold green",
    "flagged": "bold red",
    "unusable": "bold magenta",
    "fail": "red",
    "review": "yellow",
    "inconclusive": "magenta",
}
LONGEST_QUOTE = 60
MOST_QUOTES = 2


def headline(inspection: Inspection) -> str:
    """The conclusion in one line."""
    verdict = SESSION_VERDICT[inspection.verdict]
    counts = "，".join(f"{VERDICT[name].zh} {count}" for name, count in tally(inspection.items) if count)
    return f"{verdict.zh} {verdict.en}（{inspection.score:g} 分；{counts or '没有可判定的项目'}）"


def show(inspection: Inspection, folder: Path, stream: IO[str]) -> None:
    """Print conclusion, reasons and every item that needs a person, and the path of the report."""
    console = Console(file=stream, highlight=False, soft_wrap=True)
    names = "、".join(part.name for part in inspection.recording.parts)
    title = Text()
    title.append(f"\n{printable(names)}（{length(inspection.recording.duration)}）  ", "bold")
    title.append(headline(inspection), _STYLE[inspection.verdict])
    console.print(title)
    for reason in inspection.reasons:
        console.print(Text(f"  · {printable(reason.text)}"))
    for card in cards(inspection):
        if card.item.verdict in NEEDS_PERSON:
            _show_card(console, card)
    for note in inspection.notes:
        console.print(Text(f"  备注：{printable(note.text)}", "dim"))
    console.print(Text(f"  报告 Report：{folder / REPORT_FILE}"))


def _show_card(console: Console, card: Card) -> None:
    item = card.item
    line = Text("  ")
    line.append(f"{VERDICT_SIGN[item.verdict]} {VERDICT[item.verdict].zh}", _STYLE[item.verdict])
    line.append(f"  {printable(item.title)}", "bold")
    line.append(f"（重要性{SEVERITY[item.severity].zh}）{printable(item.reason)}")
    console.print(line)
    for quote in card.quotes[:MOST_QUOTES]:
        console.print(Text(f"      {clock(quote.start)}  ", "dim").append_text(_said(quote)))
    if item.fix:
        console.print(Text(f"      建议：{printable(item.fix)}"))


def _said(quote: Quote) -> Text:
    """The utterance with what was matched set off, or as much of it as stands around the first match."""
    told = Text()
    begins = None
    for piece in quote.pieces or (Piece(quote.finding.matched, True),):
        begins = len(told) if piece.hit and begins is None else begins
        told.append(printable(piece.text), "bold" if piece.hit else "dim")
    first = max(0, min((begins or 0) - LONGEST_QUOTE // 3, len(told) - LONGEST_QUOTE))
    shown = told[first : first + LONGEST_QUOTE]
    cut_before, cut_after = first > 0, first + LONGEST_QUOTE < len(told)
    return Text.assemble("「", "……" if cut_before else "", shown, "……" if cut_after else "", "」")
