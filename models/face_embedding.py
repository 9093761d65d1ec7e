"""Faces as vectors that can be compared: any network in ONNX form with ArcFace's input and a vector as its output.

None is shipped: weights of that kind are mostly not free for business use. A deployment that may use one names its file
(`vision.face_comparison`).
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

SIDE = 112
"""Side of the aligned picture (Deng et al., ArcFace, 2019)."""


class FaceEmbedding:
    """The loaded network. Raises OSError where the file cannot be read, ValueError where it is no such network."""

    def __init__(self, file: Path, threads: int = 1) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        data = file.read_bytes()
        try:
            self._session: Any = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # the runtime's own exceptions have no common base of their own
            raise ValueError(f"{file}: no network in ONNX form") from error
        self._input: str = self._session.get_inputs()[0].name
        if list(self._session.get_inputs()[0].shape)[-2:] != [SIDE, SIDE]:
            raise ValueError(f"{file}: its input is not {SIDE} x {SIDE}")

    def vector(self, face: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The unit vector of an aligned face (SIDE, SIDE, 3; RGB)."""
        values = (face.astype(np.float32) - 127.5) / 127.5
        raw = np.asarray(self._session.run(None, {self._input: values.transpose(2, 0, 1)[None]})[0], np.float32).ravel()
        size = float(np.linalg.norm(raw))
        return raw / size if size > 0 else raw
