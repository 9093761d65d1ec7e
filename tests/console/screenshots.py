"""`make screenshots`: pictures of every page of the console, in both sizes, into docs/console."""

import json
import sys
import tempfile
from pathlib import Path

import cv2

from tests.console.driving import drive, missing, shots
from tests.console.stage import ROOT, stage

OUT = ROOT / "docs" / "console"
QUALITY = 80
"""Of WebP: text stays clear, and a page takes a third of what it takes as PNG."""


def main(names: list[str], out: Path = OUT) -> int:
    """Take the pictures of the pages `names`, of all without any."""
    lack = missing()
    if lack:
        print(lack, file=sys.stderr)
        return 2
    chosen = [one for one in shots() if not names or one["name"] in names]
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="mingjian-pictures-") as folder, stage(worked=True) as found:
        done = drive("pages.mjs", found.told(), SHOTS=json.dumps(chosen), OUT=folder)
        for path in sorted(Path(folder).glob("*.png")):
            picture = cv2.imread(str(path))
            cv2.imwrite(str(out / f"{path.stem}.webp"), picture, [cv2.IMWRITE_WEBP_QUALITY, QUALITY])
    print(done.stderr, end="", file=sys.stderr)
    where = out.relative_to(Path.cwd()) if out.is_relative_to(Path.cwd()) else out
    print(f"截图 / pictures: {where}", file=sys.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
