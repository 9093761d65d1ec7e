"""An inspection in the terminal: the conclusion, what needs a person and why, where the report lies."""

from pathlib import Path
from typing import IO

from rich.console import Console
from rich.text import Text

from api.cli.console import printable
from engine.inspection import Inspection, Item
from engine.report.output import REPORT_FILE
from engine.report.view import NEEDS_PERSON, cards, tally
from engine.report.words import SESSION_VERDICT, SEVERITY, VERDICT, VERDICT_SIGN, clock, length

_STYLE = {
    "clear": "bold green",
    "flagged": "bold red",
    "unusable": "bold magenta",
    "fail": "red",
    "review": "yellow",
    "inconclusive": "magenta",
}
LONGEST_QUOTE = 80


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
            _show_item(console, card.item)
    for note in inspection.notes:
        console.print(Text(f"  备注：{printable(note.text)}", "dim"))
    console.print(Text(f"  报告 Report：{folder / REPORT_FILE}"))


def _show_item(console: Console, item: Item) -> None:
    line = Text("  ")
    line.append(f"{VERDICT_SIGN[item.verdict]} {VERDICT[item.verdict].zh}", _STYLE[item.verdict])
    line.append(f"  {printable(item.title)}", "bold")
    line.append(f"（重要性{SEVERITY[item.severity].zh}）{printable(item.reason)}")
    console.print(line)
    for finding in item.evidence[:2]:
        quote = printable(finding.quote or finding.matched)
        short = quote if len(quote) <= LONGEST_QUOTE else quote[:LONGEST_QUOTE] + "……"
        console.print(Text(f"      {clock(finding.start)}  「{short}」", "dim"))
    if item.fix:
        console.print(Text(f"      建议：{printable(item.fix)}"))
