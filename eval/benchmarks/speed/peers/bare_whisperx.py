"""whisperX's transcription: its voice activity detection (pyannote's, packaged with it) and batched decoding.

No alignment: its network for Chinese lies on a model hub that is out of reach, so that words have no times here. Sound
is decoded by faster-whisper's decoder, because whisperX's own calls an ffmpeg program that need not be there.
Batches of 8, as its command line has them.
"""

from collections.abc import Callable
from pathlib import Path

from eval.benchmarks.speed.peers.telling import Told, arguments, tell_each

BATCH = 8


def main() -> None:
    """Transcribe each recording."""
    chosen = arguments("whisper")

    def load() -> Callable[[Path], Told]:
        import torch
        import whisperx  # type: ignore[import-not-found,unused-ignore]
        from faster_whisper import decode_audio

        torch.set_num_threads(chosen.threads)  # as its command line does
        model = whisperx.load_model(
            str(chosen.whisper), "cpu", compute_type="int8", language="zh", threads=chosen.threads
        )

        def transcribe(recording: Path) -> Told:
            found = model.transcribe(decode_audio(str(recording)), batch_size=BATCH, language="zh")
            return {"characters": sum(len(segment["text"].strip()) for segment in found["segments"])}

        return transcribe

    tell_each(chosen.recordings, load, ("whisperx", "faster-whisper", "ctranslate2", "torch", "pyannote.audio"))


if __name__ == "__main__":
    main()
