"""`mingjian synth`: scripts made into recordings with their truth."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from api.cli.console import board

app = typer.Typer(rich_markup_mode=None, add_completion=False, context_settings={"help_option_names": ["-h", "--help"]})

STAGE = "synth"


@app.command()
def synth(
    scripts: Annotated[list[Path], typer.Argument(help="合成脚本（YAML）/ scripts", metavar="SCRIPT...")],
    out: Annotated[Path, typer.Option("--out", help="输出目录 / folder for the results", file_okay=False)],
) -> None:
    """合成测试会话：媒体、真值、订单 / Make synthetic sessions: media, truth, order."""
    from eval.synth.script import read_script
    from eval.synth.session import synthesize

    checked = [read_script(path) for path in scripts]  # all of them, before the first is spoken
    with board([path.name for path in scripts], sys.stderr) as shown:
        for place, script in enumerate(checked):
            shown.stage(place, STAGE, 0.0, 1.0)
            truth = synthesize(script, out)
            shown.finished(place, f"{out / truth.media} {truth.duration:.1f} s")
