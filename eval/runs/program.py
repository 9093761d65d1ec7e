"""What results depend on beside the recording: the program itself, its weights, settings, rule sets and policies."""

from collections.abc import Collection, Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from engine.artifacts import fingerprint
from engine.errors import MingjianError
from engine.networks import EMBEDDING, FACES, SEGMENTATION, Networks
from engine.order import Order
from engine.rules import choose, load
from engine.rules.loading import names
from engine.rules.policy import load_policy
from engine.settings import Settings
from engine.version import VERSION
from eval.runs.meta import Setup

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("engine", "models", "configs")
NEEDLESS = (
    "engine/cluster", "engine/store", "engine/report", "engine/packet",
    "configs/deploy", "configs/eval", "configs/policies", "configs/rulesets", "configs/settings.yaml",
)  # fmt: skip
"""Where and how results are kept and shown changes none of them; rule sets, policies and settings count by their own
content."""
SUFFIXES = (".py", ".yaml")


def program_sha256() -> str:
    """A hash over the program's files that can change a verdict: equal programs give equal results."""
    digest = sha256()
    for path in _sources():
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
        digest.update(sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    needless = [ROOT / one for one in NEEDLESS]
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in SUFFIXES and not any(path == one or one in path.parents for one in needless):
                yield path


def setup_of(settings: Settings, own: Collection[str | None], ruleset: str | None, policy: str | None) -> Setup:
    """What a run under `settings` depends on; `own` are the rule sets that the recordings name, None for the engine's
    choice.

    Raises MingjianError for rule sets or policies with faults, and for missing weights, before any work is done.
    """
    from models.errors import WeightsError
    from models.weights import folder

    named = {one for one in own if one is not None} | (set(names()) if None in own else set())
    wanted = [ruleset] if ruleset else sorted(named)
    judging = {name: load(name) for name in wanted}
    measures = {name: load_policy(policy or rules.policy) for name, rules in judging.items()}
    with Networks(settings) as networks:
        weights = networks.references(sound=True, picture=True)
    for entry in (SEGMENTATION, EMBEDDING, *FACES):
        try:
            folder(entry)
        except WeightsError as error:
            raise MingjianError(error.code, **error.details) from error
    return Setup(
        version=VERSION,
        program=program_sha256(),
        weights=weights,
        parameters=settings.parameters,
        rulesets={name: rules.sha256 for name, rules in judging.items()},
        policies=dict(sorted({measure.id: measure.sha256 for measure in measures.values()}.items())),
        ruleset=ruleset,
        policy=policy,
        policy_of={name: measure.id for name, measure in measures.items()},
    )


def fingerprint_of(media: Iterable[str], order_bytes: bytes | None, order: Order, own: str | None, setup: Setup) -> str:
    """The hash under which the result of one session is found again.

    `media` are the hashes of its parts, `own` the rule set that the corpus names for it. Where the order does not say
    which rule set judges, both that may be chosen count.
    """
    asked = setup.ruleset or own
    judging = [asked] if asked else sorted({choose(order, has_video)[0] for has_video in (True, False)})
    return fingerprint(
        list(media),
        None if order_bytes is None else sha256(order_bytes).hexdigest(),
        [setup.rulesets[name] for name in judging],
        [setup.policies[setup.policy_of[name]] for name in judging],
        setup.parameters,
        [one.sha256 for one in setup.weights],
        setup.version,
        setup.program,
    )
