"""Where workers keep what they share."""

from engine.settings import Settings


def artifacts_of(settings: Settings) -> str:
    """Where stage results lie: where the settings say, else beside the blobs, so that all machines find them."""
    if settings.artifacts is not None:
        return settings.artifacts
    if settings.store.blobs is None:
        return str((settings.store.folder / "artifacts").resolve())
    return f"{settings.store.blobs.rstrip('/')}-artifacts"


def shared(settings: Settings) -> Settings:
    """The settings of a worker: stage results are kept, so that what a machine that died had done is not done again."""
    return settings.model_copy(update={"artifacts": artifacts_of(settings)})
