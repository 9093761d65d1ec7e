"""Files of a report, each whole or not there, beside whatever else the folder holds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from engine.report.output import PRIVATE_FILE, output_error


def write_file(folder: Path, name: str, content: bytes) -> None:
    """Write `folder/name` for its owner only. Raises MingjianError `output_*` for what the file system refuses."""
    with growing(folder, name) as write:
        write(content)


@contextmanager
def growing(folder: Path, name: str) -> Iterator[Callable[[bytes], object]]:
    """Write `folder/name` bit by bit; it is there when the block ends well. Raises MingjianError `output_*`."""
    draft = folder / f".{name}.draft"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _private(draft) as file:
            yield file.write
        draft.replace(folder / name)
    except OSError as error:
        raise output_error(error, folder / name) from error
    finally:
        draft.unlink(missing_ok=True)


def _private(path: Path) -> BinaryIO:
    path.unlink(missing_ok=True)
    path.touch(PRIVATE_FILE, exist_ok=False)
    return path.open("wb")
