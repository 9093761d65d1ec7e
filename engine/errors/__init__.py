"""Every error a user can meet: one code each, in Chinese and English, naming the thing and the cure.

A `MingjianError` is for what a person must mend: a file that cannot be read, an order that cannot be parsed, a rule
set with
faults. What a recording merely makes impossible to judge is no error: stages degrade with a reason (engine/reasons).

>>> error = MingjianError("media_not_found", path="a.mp4")
>>> print(error)
[MJ101] 找不到文件：a.mp4。请检查路径。 / File not found: a.mp4. Check the path.
"""

from engine.errors.entry import Entry
from engine.errors.evaluation import EVALUATION
from engine.errors.keeping import KEEPING
from engine.errors.recordings import RECORDINGS
from engine.errors.serving import SERVING
from engine.errors.setting_up import SETTING_UP
from engine.errors.work import WORK

BETWEEN = " / "
IN_BRACKETS = " ({detail})"  # said in the Chinese half already, where both stand in one text


CATALOGUE: dict[str, Entry] = {
    **RECORDINGS,
    **SETTING_UP,
    **SERVING,
    **WORK,
    **KEEPING,
    **EVALUATION,
    "no_results": Entry(
        "MJ701",
        "文件夹里没有以往的质检结果（inspection.json）：{path}。请检查路径。",
        "No past results (inspection.json) in {path}. Check the path.",
    ),
    "internal": Entry(
        "MJ901",
        "程序内部错误：{detail}。请用 MINGJIAN_DEBUG=1 重新运行以查看详情，并报告此问题。",
        "Internal error: {detail}. Run again with MINGJIAN_DEBUG=1 for details, and report it.",
    ),
    "worker_died": Entry(
        "MJ902",
        "处理 {path} 的进程意外退出（{detail}），其他文件不受影响。可能是内存不足，请减小 --jobs。",
        "The process inspecting {path} died ({detail}); other files are not affected. Memory may be short: lower "
        "--jobs.",
    ),
}


class MingjianError(Exception):
    """An error for a person. `code` is a key of CATALOGUE, `details` fill its texts.

    Raises KeyError for a code or detail that the catalogue does not know, so that a test meets it first.
    """

    def __init__(self, code: str, **details: object) -> None:
        entry = CATALOGUE[code]
        self.code = code
        self.number = entry.number
        self.details = details
        self.zh = entry.zh.format(**_in_language(details, 0))
        self.en = entry.en.format(**_in_language(details, 1))
        once = self.en if _bilingual(details.get("detail")) else entry.en.replace(IN_BRACKETS, "").format(**details)
        super().__init__(f"[{self.number}] {self.zh} / {once}")

    def __reduce__(self) -> tuple[object, ...]:
        """Lets an error cross from a worker's process: exceptions pickle by their arguments, ours are named."""
        return _restore, (self.code, self.details)


def _bilingual(value: object) -> bool:
    """Whether a detail is told in both languages: 中文 / English."""
    return isinstance(value, str) and value.count(BETWEEN) == 1


def _in_language(details: dict[str, object], which: int) -> dict[str, object]:
    """The details for the Chinese (0) or the English (1) sentence: of what is told in both languages its own half."""
    return {
        name: str(value).split(BETWEEN)[which] if name == "detail" and _bilingual(value) else value
        for name, value in details.items()
    }


def _restore(code: str, details: dict[str, object]) -> MingjianError:
    return MingjianError(code, **details)
