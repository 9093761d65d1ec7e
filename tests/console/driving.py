"""Starts scripts that drive a browser: Node.js, playwright-core of the console's packages, Debian's Chromium."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.console.stage import ROOT

HERE = Path(__file__).resolve().parent
CONSOLE = ROOT / "api" / "console"
PAGES = CONSOLE / "src" / "pages"
SLOWEST_S = 600


def chromium() -> str | None:
    """The browser, where there is one."""
    return shutil.which(os.environ.get("CHROMIUM", "chromium")) or shutil.which("chromium-browser")


def node() -> str | None:
    """Node.js of the system, else that of the set-up."""
    own = ROOT / ".tools" / "node" / "bin" / "node"
    return shutil.which("node") or (str(own) if own.exists() else None)


def missing() -> str | None:
    """Why no browser can be driven here; None where it can."""
    if chromium() is None:
        return "no Chromium on this machine (scripts/setup.sh dev installs it)"
    if node() is None or not (CONSOLE / "node_modules" / "playwright-core").is_dir():
        return "the console's packages are not installed (scripts/setup.sh console)"
    if not (CONSOLE / "dist" / "index.html").is_file():
        return "the console is not built (scripts/setup.sh console)"
    return None


def shots() -> list[dict[str, Any]]:
    """The pages to be looked at, as each page's folder lists them (shots.json)."""
    return [one for path in sorted(PAGES.glob("*/shots.json")) for one in json.loads(path.read_text(encoding="utf-8"))]


def drive(script: str, told: Mapping[str, Any], **more: str) -> "subprocess.CompletedProcess[str]":
    """Run `script` against the stage; it ends with 0 where all was as it should be, and says on stderr what was not."""
    environment = {**os.environ, "CHROMIUM": chromium() or "", "STAGE": json.dumps(told), **more}
    command = [node() or "node", str(HERE / script)]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=SLOWEST_S, check=False
    )  # fmt: skip
