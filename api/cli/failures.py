"""What went wrong, in one line for a person: code, Chinese, English."""

import logging
import os
import sys
import tempfile
import traceback
import warnings
from pathlib import Path

from engine.errors import CATALOGUE, MingjianError

DEBUG_VARIABLE = "MINGJIAN_DEBUG"


def debugging() -> bool:
    """Whether tracebacks and logs are wanted on stderr."""
    return os.environ.get(DEBUG_VARIABLE, "") not in ("", "0")


def set_up_logging() -> None:
    """Logs and warnings on stderr when debugging, else nowhere: results carry the reasons people need."""
    if debugging():
        logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
        return
    logging.basicConfig(handlers=[logging.NullHandler()], level=logging.CRITICAL)
    warnings.simplefilter("ignore")


def describe(error: BaseException) -> str:
    """One line for `error`; a fault of the program names its kind only, because its message may quote personal data."""
    if debugging():
        traceback.print_exception(error, file=sys.stderr)
    return str(as_mingjian(error))


def as_mingjian(error: BaseException) -> MingjianError:
    """`error` as an entry of the catalogue: itself, a weights error by its code, a refusing disk, else `internal`."""
    if isinstance(error, MingjianError):
        return error
    code, details = getattr(error, "code", None), getattr(error, "details", None)
    if isinstance(code, str) and code in CATALOGUE and isinstance(details, dict):
        return MingjianError(code, **details)  # models.errors.WeightsError, which cannot know the engine
    if isinstance(error, OSError):
        from engine.report.output import is_output_error, output_error

        if is_output_error(error):
            return output_error(error, Path(error.filename or tempfile.gettempdir()))
    return MingjianError("internal", detail=type(error).__name__)
