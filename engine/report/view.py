"""An inspection arranged for reading: numbered cards, quotes with what was matched, the conversation."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from engine.inspection import Finding, Inspection, Item, UtteranceSummary, Verdict
from engine.interval import Interval, union
from engine.report.words import SEVERITY_RANK, VERDICT, VERDICT_RANK

NEEDS_PERSON: tuple[Verdict, ...] = ("fail", "review", "inconclusive")
NEAR_MATCH = 0.3  # least share of characters a near match (pinyin) has in common with what it stands for


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a quote; `hit` where it is what was matched."""

    text: str
    hit: bool


@dataclass(frozen=True, slots=True)
class Quote:
    """Findings of one item in one utterance (or a single finding outside any), and what was said there in pieces.

    The utterance is quoted whole, because a word alone proves little. A clip's first quote `shows_clip`.
    """

    findings: tuple[Finding, ...]
    pieces: tuple[Piece, ...]
    utterance: int | None
    shows_clip: bool

    @property
    def finding(self) -> Finding:
        """The first finding, which brings clip and frame."""
        return self.findings[0]

    @property
    def start(self) -> float:
        return min(finding.start for finding in self.findings)

    @property
    def end(self) -> float:
        return max(finding.end for finding in self.findings)

    @property
    def weakest(self) -> Finding:
        """The finding that is least sure: what a reader should know of all of them."""
        return min(self.findings, key=lambda finding: finding.score)


@dataclass(frozen=True, slots=True)
class Card:
    """One item in the report. `number` is its place there, from 1; `index` its place in the inspection."""

    number: int
    index: int
    item: Item
    quotes: tuple[Quote, ...]

    @property
    def pictured(self) -> tuple[Quote, ...]:
        """The quotes that bring a clip or a frame of their own."""
        return tuple(quote for quote in self.quotes if quote.shows_clip)


@dataclass(frozen=True, slots=True)
class Line:
    """One utterance of the conversation and the cards whose evidence it is."""

    utterance: UtteranceSummary
    cards: tuple[Card, ...]


def cards(inspection: Inspection) -> tuple[Card, ...]:
    """All items, numbered: those that need a person first, the gravest of them first, else as the rule set has them."""
    items = inspection.items
    ranked = sorted(
        range(len(items)), key=lambda i: (VERDICT_RANK[items[i].verdict], SEVERITY_RANK[items[i].severity], i)
    )
    return tuple(
        _card(place, index, items[index], inspection.utterances) for place, index in enumerate(ranked, start=1)
    )


def _card(number_of_card: int, index: int, item: Item, utterances: Sequence[UtteranceSummary]) -> Card:
    seen: set[tuple[str | None, str | None]] = set()
    quotes = []
    for spoken, findings in _by_utterance(item.evidence, utterances):
        first = findings[0]
        key = (first.clip, None if first.clip else first.frame)
        shows = key not in seen and (first.clip or first.frame) is not None
        seen.add(key)
        pieces = _marked(spoken.text, findings) if spoken else ()
        number = spoken.id if spoken else None
        quotes.append(Quote(findings, pieces or _pieces(first, item), number, shows))
    return Card(number_of_card, index, item, tuple(quotes))


def _by_utterance(
    findings: Sequence[Finding], utterances: Sequence[UtteranceSummary]
) -> list[tuple[UtteranceSummary | None, tuple[Finding, ...]]]:
    """Findings gathered by the utterance whose words they are, in order; any other finding by itself."""
    known = {one.id: one for one in utterances}
    groups: dict[object, list[Finding]] = {}
    for place, finding in enumerate(findings):
        number = _utterance_of(finding, utterances)
        inside = number is not None and finding.quote in known[number].text
        groups.setdefault(number if inside else ("alone", place), []).append(finding)
    return [(known[key] if isinstance(key, int) else None, tuple(group)) for key, group in groups.items()]


def _marked(text: str, findings: Sequence[Finding]) -> tuple[Piece, ...]:
    """An utterance with the words of its findings marked."""
    return tuple(_split(text, (span for finding in findings for span in _occurrences(finding.quote, text))))


def _utterance_of(finding: Finding, utterances: Sequence[UtteranceSummary]) -> int | None:
    """The utterance that shares most time with what was said; None for what was seen or measured."""
    if not finding.quote:
        return None
    span = Interval(finding.start, finding.end)
    shared = [(Interval(one.start, one.end).overlap(span), -one.start, one.id) for one in utterances]
    best = max(shared, default=(0.0, 0.0, 0))
    return best[2] if best[0] > 0 else None


def lines(inspection: Inspection, shown: Iterable[Card]) -> tuple[Line, ...]:
    """The conversation in order, each utterance with the cards that quote it."""
    quoting: dict[int, list[Card]] = {}
    for card in shown:
        for number in dict.fromkeys(quote.utterance for quote in card.quotes if quote.utterance is not None):
            quoting.setdefault(number, []).append(card)
    return tuple(Line(one, tuple(quoting.get(one.id, ()))) for one in inspection.utterances)


def tally(items: Sequence[Item]) -> tuple[tuple[Verdict, int], ...]:
    """How many items came to each verdict, all five in order of concern."""
    return tuple((verdict, sum(item.verdict == verdict for item in items)) for verdict in VERDICT)


def _pieces(finding: Finding, item: Item) -> tuple[Piece, ...]:
    quote = finding.quote
    wanted = [finding.matched, *(one.quote for one in item.concepts if one.found and one.quote)]
    hits = [span for phrase in wanted if phrase for span in _occurrences(phrase, quote)]
    if not hits and finding.matched:
        hits = _nearest(finding.matched, quote)
    return tuple(_split(quote, hits))


def _occurrences(phrase: str, quote: str) -> Iterator[tuple[int, int]]:
    at = quote.find(phrase)
    while at >= 0:
        yield at, at + len(phrase)
        at = quote.find(phrase, at + len(phrase))


def _nearest(phrase: str, quote: str) -> list[tuple[int, int]]:
    """The stretch of `quote` most like `phrase`: a near match (由于期 for 犹豫期) is shown as it was heard."""
    size = len(phrase)
    if len(quote) <= size:
        return []
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(phrase)
    best, at = 0.0, 0
    for start in range(len(quote) - size + 1):
        matcher.set_seq1(quote[start : start + size])
        if matcher.real_quick_ratio() > best and (ratio := matcher.ratio()) > best:
            best, at = ratio, start
    return [(at, at + size)] if best >= NEAR_MATCH else []


def _split(quote: str, hits: Iterable[tuple[int, int]]) -> Iterator[Piece]:
    at = 0
    for span in union(Interval(*hit) for hit in hits):
        start, end = int(span.start), int(span.end)
        if start > at:
            yield Piece(quote[at:start], False)
        yield Piece(quote[start:end], True)
        at = end
    if at < len(quote):
        yield Piece(quote[at:], False)
