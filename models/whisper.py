"""Whisper through CTranslate2: decoding of short windows, time and probability per character, scoring of given texts.

Thin: it knows tokens, features and the network, nothing of sessions or rules. Sound is float32 mono at 16 kHz.
Decoding is greedy or beam search at temperature 0, without time-stamp tokens, without a prompt and without text of an
earlier window: the same sound gives the same text. Times come from cross-attention by dynamic time warping, on a grid
of 20 ms.
"""

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from faster_whisper.tokenizer import Tokenizer

RATE = 16000
FRAMES_PER_SECOND = 100
ENCODER_SECONDS = 0.02
LONGEST_SECONDS = 30.0
LOWEST_PROBABILITY = 1e-10
LONGEST_UNIT_SECONDS = 0.4

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Piece:
    """One character, or one run of Latin letters or digits, with the white space and punctuation as the network wrote
    it.

    `start` and `end` are seconds from the start of the window; `probability` (0..1) is the mean over its tokens.
    """

    text: str
    start: float
    end: float
    probability: float


@dataclass(frozen=True, slots=True)
class Decoded:
    """What was heard in one window.

    `avg_logprob` is nats per token, `no_speech` (0..1) the network's own doubt that anybody speaks, `compression` the
    ratio of the text's UTF-8 bytes to its zlib size (loops compress well), `languages` the probabilities of the
    likeliest languages.
    """

    pieces: tuple[Piece, ...]
    avg_logprob: float
    no_speech: float
    compression: float
    languages: tuple[tuple[str, float], ...]

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class DecodingOptions:
    """`beam` hypotheses side by side; at most `tokens_per_second` tokens are written, which ends loops early.

    `shortest_input` s: a window is padded with silence to at least this, and always by `tail` s, before it is encoded.
    With `whole_input` every window is padded to the 30 s the network was trained on; without it short windows cost
    less.
    """

    beam: int = 5
    tokens_per_second: float = 14.0
    tokens_at_least: int = 12
    whole_input: bool = True
    shortest_input: float = 6.0
    tail: float = 2.0


class Whisper:
    """A Whisper network in CTranslate2 form from `folder` (model.bin, config.json, tokenizer.json, vocabulary).

    On the processor up to `workers` calls from different threads run side by side, on `threads` threads each and with
    the same results as one after the other; on a graphics processor one at a time.
    """

    def __init__(self, folder: Path, *, threads: int = 0, workers: int = 1, device: str = "auto") -> None:
        import ctranslate2
        from faster_whisper import WhisperModel

        if device == "auto":
            device = "cuda" if ctranslate2.get_cuda_device_count() > 0 else "cpu"
        self.name = folder.name
        self.workers = workers if device == "cpu" else 1
        self._folder = folder
        self._network: WhisperModel = WhisperModel(
            str(folder),
            device=device,
            compute_type="float16" if device == "cuda" else "int8",
            cpu_threads=threads,
            num_workers=self.workers,
        )
        self._tokenizers: dict[str, Tokenizer] = {}

    def sha256(self) -> str:
        """Hash of the weights, hex."""
        digest = hashlib.sha256()
        with (self._folder / "model.bin").open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
        return digest.hexdigest()

    def decode(self, windows: Sequence[Samples], language: str, options: DecodingOptions) -> tuple[Decoded, ...]:
        """Text of each window, all decoded as one batch in `language`.

        Raises ValueError for a window that is empty or longer than 30 s.
        """
        if not windows:
            return ()
        seconds = [len(window) / RATE for window in windows]
        if min(seconds) <= 0 or max(seconds) > LONGEST_SECONDS:
            raise ValueError(f"windows must last 0..{LONGEST_SECONDS} s, not {min(seconds)}..{max(seconds)}")
        tokenizer = self._tokenizer(language)
        encoded = self._encode(windows, options)
        prompt = self._network.get_prompt(tokenizer, [], without_timestamps=True)
        longest = int(max(seconds) * options.tokens_per_second) + options.tokens_at_least
        results = self._network.model.generate(
            encoded,
            [list(prompt) for _ in windows],
            beam_size=options.beam,
            max_length=min(self._network.max_length, len(prompt) + longest),
            suppress_blank=True,
            suppress_tokens=_never_written(tokenizer),
            return_scores=True,
            return_no_speech_prob=True,
            sampling_temperature=0.0,
        )
        texts = [[token for token in result.sequences_ids[0] if token < tokenizer.eot] for result in results]
        languages = self._network.model.detect_language(encoded)
        pieces = self._locate(encoded, tokenizer, texts, seconds)
        return tuple(
            Decoded(
                pieces=found,
                avg_logprob=result.scores[0] * len(result.sequences_ids[0]) / (len(result.sequences_ids[0]) + 1),
                no_speech=result.no_speech_prob,
                compression=_compression("".join(piece.text for piece in found)),
                languages=tuple((code[2:-2], probability) for code, probability in likely[:3]),
            )
            for result, found, likely in zip(results, pieces, languages, strict=True)
        )

    def score(self, window: Samples, texts: Sequence[str], language: str) -> tuple[tuple[tuple[str, float], ...], ...]:
        """Every text's tokens with the log-probability (nats) that the network gives each of them on this window.

        All texts are scored on one encoding of the window. Raises ValueError for a window that is empty or longer than
        30 s.
        """
        if not 0 < len(window) <= LONGEST_SECONDS * RATE:
            raise ValueError(f"a window must last 0..{LONGEST_SECONDS} s, not {len(window) / RATE}")
        if not texts:
            return ()
        tokenizer = self._tokenizer(language)
        tokens = [tokenizer.encode(text) for text in texts]
        encoded = _repeated(self._encode([window], DecodingOptions(whole_input=False)), len(texts))
        frames = [int(len(window) / RATE * FRAMES_PER_SECOND)] * len(texts)
        results = self._network.model.align(encoded, tokenizer.sot_sequence, tokens, frames)
        return tuple(
            tuple(
                (tokenizer.decode([token]), float(np.log(max(probability, LOWEST_PROBABILITY))))
                for token, probability in zip(written, result.text_token_probs, strict=False)
            )
            for written, result in zip(tokens, results, strict=True)
        )

    def _tokenizer(self, language: str) -> "Tokenizer":
        from faster_whisper.tokenizer import Tokenizer

        if language not in self._tokenizers:
            network = self._network
            self._tokenizers[language] = Tokenizer(
                network.hf_tokenizer, network.model.is_multilingual, task="transcribe", language=language
            )
        return self._tokenizers[language]

    def _encode(self, windows: Sequence[Samples], options: DecodingOptions) -> Any:
        """Encoder output of all windows, each padded with digital silence to a common length."""
        from faster_whisper.audio import pad_or_trim

        longest = max(len(window) for window in windows) / RATE
        seconds = LONGEST_SECONDS
        if not options.whole_input:
            seconds = min(LONGEST_SECONDS, max(options.shortest_input, float(np.ceil(longest + options.tail))))
        frames = int(seconds * FRAMES_PER_SECOND)
        extract = self._network.feature_extractor
        features = np.stack([pad_or_trim(extract(window)[..., :-1], frames) for window in windows])
        return self._network.encode(features)

    def _locate(
        self, encoded: Any, tokenizer: "Tokenizer", texts: list[list[int]], seconds: list[float]
    ) -> list[tuple[Piece, ...]]:
        frames = [max(2, int(length * FRAMES_PER_SECOND)) for length in seconds]
        results = self._network.model.align(encoded, tokenizer.sot_sequence, texts, frames, median_filter_width=7)
        return [
            _pieces(tokenizer, tokens, result.alignments, result.text_token_probs, length)
            for tokens, result, length in zip(texts, results, seconds, strict=True)
        ]


def _repeated(encoded: Any, times: int) -> Any:
    """One window's encoder output as a batch: encoding is most of the work, and it is the same for all texts."""
    import ctranslate2

    if encoded.device == "cuda":
        encoded = encoded.to_device(ctranslate2.Device.cpu)
    return ctranslate2.StorageView.from_array(np.repeat(np.array(encoded), times, axis=0))


def _never_written(tokenizer: "Tokenizer") -> list[int]:
    """Tokens of markup, music signs and control that no transcript needs."""
    control = (tokenizer.transcribe, tokenizer.translate, tokenizer.sot, tokenizer.sot_prev, tokenizer.sot_lm)
    return sorted({*tokenizer.non_speech_tokens, *control, tokenizer.no_speech})


def _compression(text: str) -> float:
    data = text.encode("utf-8")
    return len(data) / len(zlib.compress(data)) if data else 0.0


def _pieces(
    tokenizer: "Tokenizer",
    tokens: list[int],
    alignment: Sequence[tuple[int, int]],
    probabilities: Sequence[float],
    seconds: float,
) -> tuple[Piece, ...]:
    """Tokens joined to whole characters; a token of several characters shares its time out evenly among them."""
    if not tokens:
        return ()
    starts = _token_starts(alignment, len(tokens), seconds)
    pieces: list[Piece] = []
    for text, first, last in _readable(tokenizer, tokens):
        units = split_units(text)
        if not units:
            continue
        probability = float(np.mean(probabilities[first:last])) if first < len(probabilities) else 0.0
        start, end = _bounded(starts[first], max(starts[first], starts[last]), units, last == len(tokens))
        step = (end - start) / len(units)
        pieces += [Piece(unit, start + i * step, start + (i + 1) * step, probability) for i, unit in enumerate(units)]
    return tuple(pieces)


def _bounded(start: float, end: float, units: list[str], at_the_end: bool) -> tuple[float, float]:
    """The time of some units, without the pause that cross-attention adds to it.

    Attention moves to the next token as soon as one ends, so a token after a pause begins too early and ends in time;
    only the last token of a window reaches too far.
    """
    most = sum(LONGEST_UNIT_SECONDS * (max(1, len(unit) / 2) if unit.isascii() else 1) for unit in units)
    if end - start <= most:
        return start, end
    return (start, start + most) if at_the_end else (end - most, end)


def _token_starts(alignment: Sequence[tuple[int, int]], count: int, seconds: float) -> list[float]:
    """Start of every token in seconds, and of the end-of-text after them."""
    starts = [seconds] * (count + 1)
    for token, time in reversed(list(alignment)):
        if token <= count:
            starts[token] = min(seconds, time * ENCODER_SECONDS)
    for token in range(count - 1, -1, -1):
        starts[token] = min(starts[token], starts[token + 1])
    return starts


def _readable(tokenizer: "Tokenizer", tokens: list[int]) -> list[tuple[str, int, int]]:
    """Runs of tokens that decode to whole characters, as (text, first token, last token exclusive)."""
    runs = []
    first = 0
    for last in range(1, len(tokens) + 1):
        text = tokenizer.decode(tokens[first:last])
        if "\ufffd" not in text:
            runs.append((text, first, last))
            first = last
    return runs


def split_units(text: str) -> list[str]:
    """Single characters, with runs of Latin letters and of digits kept whole; white space is dropped.

    >>> split_units("保险A款 15天。")
    ['保', '险', 'A', '款', '15', '天', '。']
    """
    units: list[str] = []
    run = ""
    for character in text + " ":
        if character.isascii() and character.isalnum():
            if run and run[-1].isdigit() != character.isdigit():
                units.append(run)
                run = ""
            run += character
            continue
        if run:
            units.append(run)
            run = ""
        if not character.isspace():
            units.append(character)
    return units
