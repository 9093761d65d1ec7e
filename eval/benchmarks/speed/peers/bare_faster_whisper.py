"""faster-whisper as its README shows it: the text of a recording, one window after the other or batched.

Defaults throughout (beam 5, its own voice activity detection when batched), but for the language, which it need not
guess, and int8 on so many threads.
"""

from pathlib import Path

from eval.benchmarks.speed.peers.telling import Told, arguments, tell_each


def main() -> None:
    """Transcribe each recording."""
    chosen = arguments("whisper")

    def load() -> "Transcribe":
        from faster_whisper import BatchedInferencePipeline, WhisperModel

        model = WhisperModel(str(chosen.whisper), device="cpu", compute_type="int8", cpu_threads=chosen.threads)
        return Transcribe(BatchedInferencePipeline(model) if chosen.batched else model, chosen.words)

    tell_each(chosen.recordings, load, ("faster-whisper", "ctranslate2"))


class Transcribe:
    """A model, sequential or batched, asked for words or not."""

    def __init__(self, model: object, words: bool) -> None:
        self._model, self._words = model, words

    def __call__(self, recording: Path) -> Told:
        """The text's length. Segments come lazily: they are drawn here."""
        segments, _ = self._model.transcribe(str(recording), language="zh", word_timestamps=self._words)  # type: ignore[attr-defined]
        return {"characters": sum(len(segment.text.strip()) for segment in segments)}


if __name__ == "__main__":
    main()
