"""Everything a deployment may set, from defaults, a YAML file and the environment, in that order of weight.

`MINGJIAN_SETTINGS` names the file (default: configs/settings.yaml). A variable sets one value, nested by two
underscores:
`MINGJIAN_VISION__FPS=1`. What judges a sale (phrases, thresholds of rules, policies) is no setting: it lives in rule
sets.
"""

import os
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    YamlConfigSettingsSource,
)

from engine.cluster.settings import ClusterSettings
from engine.errors import MingjianError
from engine.inquiry import LanguageSettings
from engine.media.settings import MediaSettings
from engine.speech.settings import SpeechSettings
from engine.store.settings import StoreSettings
from engine.vision.settings import VisionSettings

CONFIGS = Path(__file__).resolve().parent.parent / "configs"
FILE_VARIABLE = "MINGJIAN_SETTINGS"


class Settings(BaseSettings):
    """The settings in force. `parameters` is the part that can change a verdict; it travels with every result."""

    model_config = SettingsConfigDict(
        env_prefix="MINGJIAN_", env_nested_delimiter="__", extra="forbid", frozen=True, validate_default=True
    )

    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where the networks run."""
    threads: int = Field(default=1, ge=1, le=64)
    """Threads of each network on the CPU. One by default: transcription, diarization and the picture run side by side,
    and on two cores more threads wait for each other. Fixed rather than taken from the machine: sums depend on it in
    their last digits."""
    at_once: int | None = Field(default=None, ge=1, le=256)
    """Cores one process may use for windows of one recording side by side. None: all this process may run on. It
    changes no result."""
    recognition: str = "whisper-base"
    """Weights of speech recognition: an entry of `mingjian models list`, or a folder with a model in CTranslate2
    form."""
    artifacts: str | None = None
    """Folder for stage results (or an address that fsspec knows, with the options of `store.blob_options`), so that an
    unchanged stage is not run again; they hold personal data. None keeps nothing."""
    enrolment: Path | None = None
    """Folder of voice samples named by staff number (1023.wav); a salesperson's voice is then recognised. Sensitive
    personal data: None uses none."""
    media: MediaSettings = MediaSettings()
    speech: SpeechSettings = SpeechSettings()
    vision: VisionSettings = VisionSettings()
    language: LanguageSettings = LanguageSettings()
    """A language model for the rules that put questions to one. None by default."""
    store: StoreSettings = StoreSettings()
    """Where `mingjian serve` keeps sessions; `mingjian inspect` uses none."""
    cluster: ClusterSettings = ClusterSettings()
    """How `mingjian serve` and `mingjian worker` spread the work."""
    server: dict[str, Any] = {}
    """What the ways in need (addresses, limits, secrets); read by api/settings.py."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  (not read: one file, one place)
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = Path(os.environ.get(FILE_VARIABLE) or CONFIGS / "settings.yaml")
        return init_settings, env_settings, YamlConfigSettingsSource(settings_cls, yaml_file=file)

    @property
    def cores(self) -> int:
        """How many cores one process may use."""
        return self.at_once or len(os.sched_getaffinity(0))

    def on_cores(self, cores: float) -> Self:
        """These settings for a process with so many cores; a smaller number of its own stays."""
        return self.model_copy(update={"at_once": max(1, min(self.cores, int(cores)))})

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """The values that can change a verdict, as JSON values."""
        found = self.model_dump(mode="json", include={"device", "threads", "recognition", "media", "speech", "vision"})
        if self.language.address is not None:
            found["language"] = {"model": self.language.model}
        return found


def load_settings() -> Settings:
    """The settings of this process. Raises MingjianError `settings_faults` naming every value at fault."""
    named = os.environ.get(FILE_VARIABLE)
    if named and not Path(named).is_file():
        raise MingjianError("settings_faults", detail=f"{FILE_VARIABLE}={named}: no such file")
    try:
        return Settings()
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise MingjianError("settings_faults", detail=faults) from error
    except (SettingsError, OSError, ValueError) as error:
        raise MingjianError("settings_faults", detail=error) from error
