import type { Line, Span } from "@/api/types";

/** The index of the last of `starts` (ascending) that is not after `time`; -1 before the first. */
export function lastBefore(starts: readonly number[], time: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? Infinity) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Where to go on playing at `time` when silence is skipped: `time` itself while somebody speaks or will soon. */
export function beyondSilence(speech: readonly Span[], time: number, shortest: number, lead: number): number {
  const at = lastBefore(speech.map(([start]) => start), time);
  const before = speech[at];
  if (before && time < before[1]) return time;
  const next = speech[at + 1];
  if (!next) return time;
  const begun = before ? before[1] : 0;
  if (next[0] - begun < shortest || time - begun < lead) return time;
  const target = next[0] - lead;
  return target > time ? target : time;
}

/** Spans that touch or overlap as one, in order. */
export function union(spans: readonly Span[], gap = 0): Span[] {
  const found: Span[] = [];
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = found.at(-1);
    if (last && start <= last[1] + gap) last[1] = Math.max(last[1], end);
    else found.push([start, end]);
  }
  return found;
}

export type MarkKind = "heard" | "pinyin" | "near" | "answer" | "forbidden";

/** A stretch of an utterance's text, with how it is shown. */
export interface Piece {
  text: string;
  from: number;
  mark: MarkKind | null;
  title: string;
}

/** Something to be marked in the transcript: what was heard from `start` to `end` (seconds). */
export interface Marked {
  start: number;
  end: number;
  kind: MarkKind;
  title: string;
}

const WEIGHT: Record<MarkKind, number> = { answer: 1, heard: 2, pinyin: 3, near: 4, forbidden: 5 };

/** One character of an utterance that was spoken: its place in the text and its time in seconds of the session. */
export interface Spoken {
  from: number;
  length: number;
  start: number;
  end: number;
}

export function spokenOf(line: Line): Spoken[] {
  const found: Spoken[] = [];
  for (let i = 0; i + 3 < line.timing.length; i += 4) {
    const [from = 0, length = 0, begin = 0, duration = 0] = line.timing.slice(i, i + 4);
    const start = line.start + begin / 1000;
    found.push({ from, length, start, end: start + duration / 1000 });
  }
  return found;
}

/** The text of a line cut where marks begin and end; where marks lie over each other the graver one shows. */
export function piecesOf(line: Line, marks: readonly Marked[]): Piece[] {
  const chosen: (Marked | null)[] = Array.from(line.text, () => null);
  const units = Array.from(line.text).length === line.text.length;
  if (units) {
    const spoken = spokenOf(line);
    for (const mark of marks) {
      if (mark.end <= line.start || mark.start >= line.end) continue;
      for (const one of spoken) {
        const middle = (one.start + one.end) / 2;
        if (middle < mark.start || middle > mark.end) continue;
        for (let at = one.from; at < one.from + one.length; at += 1) {
          const there = chosen[at];
          if (!there || WEIGHT[there.kind] < WEIGHT[mark.kind]) chosen[at] = mark;
        }
      }
    }
  }
  const found: Piece[] = [];
  Array.from(line.text).forEach((text, at) => {
    const mark = chosen[at] ?? null;
    const last = found.at(-1);
    if (last && last.mark === (mark?.kind ?? null) && last.title === (mark?.title ?? "")) last.text += text;
    else found.push({ text, from: at, mark: mark?.kind ?? null, title: mark?.title ?? "" });
  });
  return found;
}

/** The spoken character at `time`, by its index; -1 where none is. Between two characters the one before counts. */
export function characterAt(spoken: readonly Spoken[], time: number): number {
  return lastBefore(spoken.map((one) => one.start), time);
}
