"""Opening a file that may have lost its index: as it is, or rebuilt after a sound file of the same device."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from engine.errors import MingjianError
from engine.evidence import Loss
from engine.media import apart
from engine.media.apart import Died
from engine.media.container import check_file, sha256_of
from engine.media.rebuild import Rebuilt, rebuild
from engine.media.scan import Scan, scan
from engine.media.settings import MediaSettings

CONTAINER = "mp4"


@dataclass(frozen=True, slots=True)
class Opened:
    """One part: what a scan of it found, and where its index was rebuilt, after which file and in which folder."""

    path: Path
    scan: Scan
    rebuilt: Rebuilt | None = None
    reference: str | None = None
    folder: Path | None = None

    @property
    def container(self) -> str:
        """The file's own form, not that of the one rebuilt from it."""
        return CONTAINER if self.rebuilt else self.scan.container

    def losses(self, part: int) -> tuple[Loss, ...]:
        """What is missing of it, by its own word or as far as was seen when it was rebuilt."""
        if self.rebuilt is not None:
            found = [Loss(part, "rebuilt", bytes=self.rebuilt.lost_bytes)]
            return (*found, Loss(part, "sound")) if self.rebuilt.sound_seconds is None else tuple(found)
        if not self.scan.truncated:
            return ()
        seconds = round(self.scan.declared - self.scan.duration, 3)
        return (Loss(part, "cut_short", seconds if seconds > 0 else None, self.scan.missing_bytes or None),)


def open_part(path: Path, workdir: Path, settings: MediaSettings, reference: Path | None = None) -> Opened:
    """Scan the file; where its index is lost and there is a `reference`, rebuild it in a folder below `workdir`.

    Raises MingjianError `media_*`: what `scan` raises, `media_kills_decoder` where the helper dies over it, and
    `media_reference_unfit`.
    """
    try:
        try:
            return Opened(path, apart.call(settings.helper, scan, path, settings))
        except MingjianError as error:
            if error.code != "media_truncated" or reference is None:
                raise
        check_file(reference)
        workdir.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="rebuilt-", dir=workdir))
        target = folder / "rebuilt.mkv"
        made = apart.call(settings.helper, rebuild, path, reference, target)
        return Opened(path, apart.call(settings.helper, scan, target, settings), made, sha256_of(reference), folder)
    except Died as error:
        raise MingjianError("media_kills_decoder", path=path, detail=error) from error
