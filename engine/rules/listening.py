"""Hear a disclosure: where its words were said plainly, where something resembles them, and by whose voice."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Literal

from engine.evidence import Role
from engine.rules.case import Case
from engine.rules.concepts import PLACE, Found, Occurrence, find, nearest_miss, negated, occurrences, outside
from engine.rules.hearing import Searched
from engine.rules.orders import OrderView
from engine.rules.phrases import SCORES, Phrase
from engine.rules.ruleset import Concept, Disclosure
from engine.rules.spoken import VOICE_BETWEEN, Stream

By = Literal["speaker", "doubtful", "other"]


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard of one disclosure: complete occurrences, else the nearest miss.

    `searched` is where, `by` tells whether by a voice that had to say it. `borrowed`: its words were said for other
    items (borrowing.py).
    """

    searched: Searched
    complete: tuple[Occurrence, ...]
    nearest: Occurrence | None
    by: By = "speaker"
    borrowed: bool = False


@dataclass(frozen=True, slots=True)
class Plain:
    """What the speakers of one disclosure plainly said of it: the concepts `due`, where each was heard, and the
    complete occurrences.
    """

    searched: Searched
    due: Sequence[Concept]
    heard: Sequence[Sequence[Found]]
    complete: tuple[Occurrence, ...]


def hear_plainly(case: Case, rule: Disclosure, view: OrderView) -> Plain:
    """Look for the disclosure in what its speakers said. Raises TimeoutError when a pattern does not come to an end."""
    due = [
        concept for concept in rule.must if concept.applies_if is None or concept.applies_if.holds(view).value is True
    ]
    own = case.hearing.of(rule.says)
    heard = _founds(case, rule, due, view, own)
    return Plain(own, due, heard, _complete(rule, heard, own))


def expect_resembling(heard: Iterable[tuple[Disclosure, Plain]]) -> None:
    """Look at once for all that resembles the words of the disclosures that are incomplete: many cost little more than
    one.
    """
    wanted: dict[Searched, list[Phrase]] = {}
    for rule, plain in heard:
        if plain.complete or rule.optional:
            continue
        words = wanted.setdefault(plain.searched, [])
        for concept in plain.due:
            words += [*concept.phrases, *(phrase for _, phrases in concept.choices for phrase in phrases)]
    for searched, phrases in wanted.items():
        searched.widened.expect(phrases)


def hear(case: Case, rule: Disclosure, view: OrderView, plain: Plain) -> Heard:
    """What was heard of the disclosure: by its speakers; then perhaps by them; then by others.

    Raises TimeoutError when a pattern does not come to an end.
    """
    own, due, heard, complete = plain.searched, plain.due, plain.heard, plain.complete
    if complete:
        return Heard(own, _unbroken(case, rule, due, view, own, _certain(heard), complete), None)
    # what need not be asked at all is not asked because something merely resembles it
    resembling = () if rule.optional else _resembling(case, rule, due, view, own, _certain(heard))
    if resembling:
        return Heard(own, resembling, None)
    elsewhere: tuple[tuple[By, Callable[[Collection[Role]], Searched]], ...] = (
        ("doubtful", case.hearing.nearby),
        ("other", case.hearing.others),
    )
    for by, listen in elsewhere:
        searched = listen(rule.says)
        if searched is not own and all(find(one, searched, case.settings, name_of(one, view)) for one in due):
            complete = _complete(rule, _founds(case, rule, due, view, searched), searched)
        if complete:
            return Heard(searched, complete, None, by)
    names = [concept.name for concept in due]
    return Heard(own, (), nearest_miss(_certain(heard), names, own.stream, rule.window_s))


def answered_within(case: Case, rule: Disclosure, occurrence: Occurrence) -> bool:
    """Whether another voice said something, a mere 嗯 left out, between its first word and its last."""
    begins = case.hearing.others(rule.says).stream.begins
    span = occurrence.interval
    return bisect_left(begins, span.end) - bisect_right(begins, span.start) >= VOICE_BETWEEN


def _founds(
    case: Case, rule: Disclosure, due: Sequence[Concept], view: OrderView, searched: Searched
) -> list[list[Found]]:
    """Where each concept was heard, but not where it was negated."""
    barred = negated(rule.unless, searched, case.settings.guard_window_chars)
    return [outside(barred, find(concept, searched, case.settings, name_of(concept, view))) for concept in due]


def _certain(heard: Sequence[Sequence[Found]]) -> list[list[Found]]:
    return [[found for found in founds if found.level != "near"] for founds in heard]


def _complete(rule: Disclosure, heard: Sequence[Sequence[Found]], searched: Searched) -> tuple[Occurrence, ...]:
    if not all(heard):
        return ()
    stream = searched.stream
    return tuple(occurrences(_certain(heard), stream, rule.window_s) or occurrences(heard, stream, rule.window_s))


def _unbroken(
    case: Case,
    rule: Disclosure,
    due: Sequence[Concept],
    view: OrderView,
    own: Searched,
    certain: Sequence[Sequence[Found]],
    complete: tuple[Occurrence, ...],
) -> tuple[Occurrence, ...]:
    """`complete`, or where an answer lies inside every one of them, what the sound confirms without one.

    Otherwise a word that was recognised wrongly is found in the next question, after the customer has answered this
    one.
    """
    if rule.optional or not all(answered_within(case, rule, one) for one in complete):
        return complete
    heard = []
    begins = case.hearing.others(rule.says).stream.begins
    for sure, guesses in zip(certain, _in_reach(case, rule, due, view, own, certain, begins), strict=True):
        heard.append(sorted([*sure, *(one for one in guesses if case.finding(one, own.stream)[1])], key=PLACE))
    found = occurrences(heard, own.stream, rule.window_s)
    return tuple(one for one in found if not answered_within(case, rule, one)) or complete


BEGINNING = itemgetter(1)
MOST_RESEMBLING = 6  # places of one concept that the sound is asked about


def _resembling(
    case: Case,
    rule: Disclosure,
    due: Sequence[Concept],
    view: OrderView,
    own: Searched,
    certain: Sequence[Sequence[Found]],
) -> tuple[Occurrence, ...]:
    """Where the disclosure was said in words some of which merely resemble its own, as far as the sound does not deny
    it.

    Such a word is a guess, and one only where the recogniser was unsure of what it wrote. `certain` is where each
    concept was heard for sure. A word heard for sure in one place may be misheard in the place that counts: 如实 in
    问题请如实回答 of the opening, 融时 in 请您融时告知 of the duty itself.
    """
    heard = []
    for sure, guesses in zip(certain, _in_reach(case, rule, due, view, own, certain), strict=True):
        answers = [(one, case.finding(one, own.stream)) for one in guesses]
        confirmed = [one for one, (_, counts) in answers if counts]
        unasked = [one for one, (finding, _) in answers if finding.margin is None]
        heard.append(sorted([*sure, *(confirmed or unasked)], key=PLACE))
    return tuple(occurrences(heard, own.stream, rule.window_s)) if all(heard) else ()


def _in_reach(
    case: Case,
    rule: Disclosure,
    due: Sequence[Concept],
    view: OrderView,
    own: Searched,
    certain: Sequence[Sequence[Found]],
    answering: Sequence[float] = (),
) -> list[list[Found]]:
    """The guesses at each concept that the sound is asked about: what a window lacks in which every other concept was
    heard or can be guessed, too. Windows that lack least come first, then the shortest; no concept is asked of in many
    places. A window ends where others answer: `answering` is when each of their letters begins.
    """
    guesses = [_guesses(case, rule, concept, view, own) for concept in due]
    windows = []  # concepts lacking, seconds, first and last letter, and which concepts
    for start in sorted({one.start for founds in (*certain, *guesses) for one in founds}):
        limit = own.stream.begins[start] + rule.window_s
        answer = bisect_right(answering, own.stream.begins[start]) + VOICE_BETWEEN - 1
        if answer < len(answering):
            limit = min(limit, answering[answer])
        sure = [_next(founds, start, limit, own.stream) for founds in certain]
        all_of_it = [one or _next(founds, start, limit, own.stream) for one, founds in zip(sure, guesses, strict=True)]
        heard = [one for one in all_of_it if one is not None]
        if len(heard) == len(due):
            lacking = [place for place, one in enumerate(sure) if one is None]
            end = max(one.end for one in heard)
            windows.append(
                (len(lacking), own.stream.ending(start, end) - own.stream.begins[start], start, end, lacking)
            )
    chosen: list[set[Found]] = [set() for _ in due]
    for _, _, start, end, lacking in sorted(windows):
        for place in lacking:
            inside = [one for one in guesses[place] if start <= one.start and one.end <= end]
            chosen[place].update(_at_few_places(inside, {(one.start, one.end) for one in chosen[place]}))
    return [sorted(founds, key=PLACE) for founds in chosen]


def _at_few_places(guesses: Sequence[Found], taken: set[tuple[int, int]]) -> Iterator[Found]:
    """The first `guesses` that come with those `taken` to no more places than may be asked about. Several wordings for
    one place are a single question to the sound.
    """
    for one in guesses:
        if (one.start, one.end) in taken or len(taken) < MOST_RESEMBLING:
            taken.add((one.start, one.end))
            yield one


def _next(founds: Sequence[Found], start: int, limit: float, stream: Stream) -> Found | None:
    """The first of `founds` (in order) that begins at letter `start` or later, where it ends by `limit` seconds."""
    place = bisect_left(founds, start, key=BEGINNING)
    if place == len(founds) or stream.ending(founds[place].start, founds[place].end) > limit:
        return None
    return founds[place]


def _guesses(case: Case, rule: Disclosure, concept: Concept, view: OrderView, own: Searched) -> list[Found]:
    """Places that resemble the concept where the recogniser doubted a character, in order.

    A figure heard plainly is among them: whose it is may hang on a word that merely resembles its own (观线期是六十天).
    """
    barred = negated(rule.unless, own, case.settings.guard_window_chars)
    name = name_of(concept, view)
    reread = _reread(case, concept, own, name)
    known = {(one.start, one.end, one.wanted) for one in reread}
    alike = find(concept, own.widened, case.settings, name)
    found = outside(barred, [*reread, *(one for one in alike if (one.start, one.end, one.wanted) not in known)])
    floor = case.settings.sure_probability
    unsure = [one for one in found if one.level != "near" or own.stream.least_probability(one.start, one.end) < floor]
    return sorted(unsure, key=PLACE)


def _reread(case: Case, concept: Concept, own: Searched, name: str | None) -> list[Found]:
    """Places where another reading of the sound has the concept. A number is never taken from there."""
    if own.other is None or concept.number or concept.equals:
        return []
    reading, searched = own.other
    founds = []
    for one in find(concept, searched, case.settings, name):
        place = reading.place_of(one.start, one.end, one.wanted)
        if place is not None:
            start, end, wanted = place
            founds.append(one._replace(start=start, end=end, level="near", wanted=wanted, score=SCORES["near"]))
    return founds


def name_of(concept: Concept, view: OrderView) -> str | None:
    """The order's text for a `similar` concept; None where there is none."""
    value = view.value(concept.similar) if concept.similar else None
    return str(value) if value is not None else None
