"""Builds a corpus of synthetic sessions from phrases.yaml: dialogues with many short answers, under many conditions.

`python -m eval.synth.corpus OUT` writes all of it, the same bytes each time: each session draws from its own seed.
"""

import argparse
import hashlib
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Literal

import yaml

from eval.synth.script import Line, Noise, Script, Sound, SpeakerSpec
from eval.synth.session import synthesize
from eval.synth.truth import Truth
from eval.synth.voices import RECIPE, VOICES

PHRASES = Path(__file__).parent / "phrases.yaml"

Scene = Literal["face_to_face", "telesales", "callback"]

LONG_ANSWER_SHARE = 0.15
QUESTION_SHARE = 0.12
GAPS_S = (0.15, 1.1)


QUIET = Sound()


@dataclass(frozen=True)
class Case:
    """One session to build. `voices`: agent, customer, perhaps insured; `overlap`: the share of answers that cut in."""

    id: str
    seed: int
    voices: tuple[str, ...]
    scene: Scene = "face_to_face"
    sound: Sound = QUIET
    topics: int = 12
    overlap: float = 0.0
    customer_db: float = 0.0


TELEPHONE = Sound(rate=8000, telephone=True)

CORPUS: tuple[Case, ...] = (
    Case("01-man-woman", 101, ("male", "female")),
    Case("02-woman-old-man", 102, ("female_low", "male_elderly")),
    Case("03-three-clean", 103, ("female", "male", "female_elderly")),
    Case("04-three-overlap", 104, ("male_high", "female_low", "male_elderly"), overlap=0.2),
    Case("05-two-women", 105, ("female", "female_young")),
    Case("06-two-men", 106, ("male_high", "male_low"), overlap=0.15),
    Case("07-telephone", 107, ("female_young", "male"), "telesales", TELEPHONE),
    Case(
        "08-telephone-split",
        108,
        ("female_low", "male_low"),
        "telesales",
        TELEPHONE.model_copy(update={"layout": "split"}),
    ),
    Case(
        "09-callback-noise", 109, ("female", "male_elderly"), "callback", Sound(noise=(Noise(kind="white", snr_db=15),))
    ),
    Case("10-babble", 110, ("male", "female_elderly"), sound=Sound(noise=(Noise(kind="babble", snr_db=15),))),
    Case(
        "11-hum-room",
        111,
        ("male_low", "female_young"),
        sound=Sound(rate=48000, layout="dual_mono", reverb_s=0.35, noise=(Noise(kind="hum", snr_db=20),)),
        customer_db=-9.0,
    ),
    Case("12-agent-alone", 112, ("female_low",), topics=8),
)


def build(case: Case) -> Script:
    """The script of one case."""
    random = Random(case.seed)
    phrases = _phrases()
    facts = {name: random.choice(values) for name, values in phrases["facts"].items()}
    agent, customer, insured = "A", "B", "C"
    three, alone = len(case.voices) > 2, len(case.voices) == 1
    lines: list[Line] = []

    def gap() -> float:
        return round(random.uniform(*GAPS_S), 3)

    def ask(text: str) -> None:
        lines.append(Line(by=agent, say=text.format(**facts), gap=gap()))

    def answer(group: list[str], by: str) -> None:
        if not alone:
            cuts_in = random.random() < case.overlap
            lines.append(Line(by=by, say=random.choice(group), gap=-0.3 if cuts_in else gap()))

    ask(random.choice(phrases["opening"][case.scene]))
    answer(phrases["opening_answers"], customer)
    for topic in _chosen(random, phrases["topics"], case):
        ask(random.choice(topic["ask"]))
        group = phrases["answers"]["long" if random.random() < LONG_ANSWER_SHARE else topic["answers"]]
        answer(group, insured if topic.get("insured") and three else customer)
        if not alone and random.random() < QUESTION_SHARE:
            question = random.choice(phrases["questions"])
            answer([question["ask"]], customer)
            ask(question["reply"])
            answer(phrases["answers"]["agree"], customer)
    ask(random.choice(phrases["closing"]))
    answer(phrases["closing_answers"], customer)
    return Script(
        id=case.id, seed=case.seed, speakers=_speakers(case), lines=tuple(lines), sound=case.sound, lead=0.8, tail=0.8
    )


def _speakers(case: Case) -> dict[str, SpeakerSpec]:
    agent, *others = case.voices
    speakers = {"A": SpeakerSpec(voice=agent, role="agent", channel=0)}
    for name, voice, role in zip("BC", others, ("customer", "insured"), strict=False):
        level = case.customer_db if role == "customer" else 0.0
        speakers[name] = SpeakerSpec.model_validate({"voice": voice, "role": role, "channel": 1, "level_db": level})
    return speakers


def _chosen(random: Random, topics: list[dict[str, Any]], case: Case) -> list[dict[str, Any]]:
    """Topics that fit the case, in their own order: all of the insured's, and so many others at random."""
    three = len(case.voices) > 2
    fitting = [t for t in topics if case.scene in t.get("scenes", [case.scene]) and (three or not t.get("insured"))]
    optional = [n for n, topic in enumerate(fitting) if not topic.get("insured")]
    kept = set(random.sample(optional, min(case.topics, len(optional))))
    return [topic for n, topic in enumerate(fitting) if n in kept or topic.get("insured")]


@cache
def _phrases() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(PHRASES.read_text(encoding="utf-8"))
    return loaded


def fingerprint(cases: tuple[Case, ...] = CORPUS) -> str:
    """Short hash of what a corpus is made of: cases, phrases and voices. Other ingredients, another corpus."""
    made_of = repr((cases, VOICES, RECIPE)).encode() + PHRASES.read_bytes()
    return hashlib.sha256(made_of).hexdigest()[:12]


def build_corpus(out_dir: Path, cases: tuple[Case, ...] = CORPUS) -> tuple[Truth, ...]:
    """Write every case below `out_dir` unless it is there already. Returns their truths.

    Give each `fingerprint` a folder of its own, or sessions of older voices are taken for present ones.
    """
    from eval.synth.truth import load

    truths = []
    for case in cases:
        known = out_dir / f"{case.id}.truth.json"
        truths.append(load(known) if known.is_file() else synthesize(build(case), out_dir))
    return tuple(truths)


def main() -> None:
    """Command line of this module."""
    parser = argparse.ArgumentParser(description="Build the corpus of synthetic sessions.")
    parser.add_argument("out", type=Path)
    for truth in build_corpus(parser.parse_args().out):
        short = sum(turn.short for turn in truth.turns)
        print(f"{truth.media}: {truth.duration:.1f} s, {len(truth.turns)} turns, {short} short", file=sys.stderr)


if __name__ == "__main__":
    main()
