import type { Call, Correction, OutcomeId, Reason, ShownFinding } from "@/api/types";

/** What is said of one finding so far. */
export interface Ruling {
  decision: Call;
  reason: string | null;
  note: string;
}

/** A violation that the machine did not see. */
export interface Missed {
  item: string;
  start: number;
  end: number;
  note: string;
}

/** Everything a reviewer has filled in. `corrections`: the whole overlay, laid over the transcript at once. */
export interface Draft {
  rulings: Record<string, Ruling>;
  missed: Missed[];
  corrections: Correction[];
  outcome: OutcomeId | null;
  note: string;
  appeal: "upheld" | "rejected" | null;
}

export const EMPTY: Draft = { rulings: {}, missed: [], corrections: [], outcome: null, note: "", appeal: null };
const MOST_STEPS = 200;

/** A draft with the way back and forth. `label`s name the steps for who undoes them. */
export interface History {
  now: Draft;
  past: { draft: Draft; label: string }[];
  future: { draft: Draft; label: string }[];
}

export function keyOf(finding: { item: string; product_index: number | null }): string {
  return finding.product_index === null ? finding.item : `${finding.item}#${finding.product_index}`;
}

export function begin(draft: Draft): History {
  return { now: draft, past: [], future: [] };
}

/** Another step. Typing in one field (`merge`) is one step however many letters it has. */
export function step(history: History, draft: Draft, label: string, merge = false): History {
  const last = history.past.at(-1);
  if (merge && last?.label === label && history.future.length === 0) return { ...history, now: draft };
  return { now: draft, past: [...history.past, { draft: history.now, label }].slice(-MOST_STEPS), future: [] };
}

export function undo(history: History): History {
  const last = history.past.at(-1);
  if (!last) return history;
  const future = [...history.future, { draft: history.now, label: last.label }];
  return { now: last.draft, past: history.past.slice(0, -1), future };
}

export function redo(history: History): History {
  const next = history.future.at(-1);
  if (!next) return history;
  const past = [...history.past, { draft: history.now, label: next.label }];
  return { now: next.draft, past, future: history.future.slice(0, -1) };
}

/** A draft as it was kept; whatever is not of its form is left out, so that an old one never breaks the page. */
export function read(content: Record<string, unknown>): Draft {
  const rulings: Record<string, Ruling> = {};
  const given = content.rulings;
  if (given && typeof given === "object") {
    for (const [key, value] of Object.entries(given as Record<string, Partial<Ruling>>)) {
      if (value && (value.decision === "confirm" || value.decision === "overturn" || value.decision === "cannot_tell")) {
        rulings[key] = { decision: value.decision, reason: value.reason ?? null, note: value.note ?? "" };
      }
    }
  }
  const missed = Array.isArray(content.missed)
    ? (content.missed as Partial<Missed>[]).flatMap((one) =>
        typeof one.item === "string" && typeof one.start === "number" && typeof one.end === "number"
          ? [{ item: one.item, start: one.start, end: one.end, note: one.note ?? "" }]
          : [],
      )
    : [];
  return {
    rulings,
    missed,
    corrections: Array.isArray(content.corrections) ? (content.corrections as Correction[]) : [],
    outcome: (content.outcome as OutcomeId | undefined) ?? null,
    note: typeof content.note === "string" ? content.note : "",
    appeal: content.appeal === "upheld" || content.appeal === "rejected" ? content.appeal : null,
  };
}

export type Lack = { kind: "decision" | "reason" | "note"; key: string; title: string } | { kind: "outcome" | "outcome_unfit" | "appeal" };

/** What is still missing before it can be submitted, the first in the order of the page first. */
export function lacking(
  draft: Draft,
  findings: readonly ShownFinding[],
  reasons: readonly Reason[],
  needsReason: readonly Call[],
  notWith: readonly string[],
  needsAppeal: boolean,
): Lack[] {
  const found: Lack[] = [];
  for (const one of findings) {
    const key = keyOf(one);
    const ruling = draft.rulings[key];
    const place = { key, title: one.title };
    if (!ruling) found.push({ kind: "decision", ...place });
    else if (needsReason.includes(ruling.decision) && !ruling.reason) found.push({ kind: "reason", ...place });
    else if (reasons.find((reason) => reason.id === ruling.reason)?.note && !ruling.note.trim()) {
      found.push({ kind: "note", ...place });
    }
  }
  if (needsAppeal && !draft.appeal) found.push({ kind: "appeal" });
  if (!draft.outcome) found.push({ kind: "outcome" });
  else if (findings.some((one) => notWith.includes(one.severity) && draft.rulings[keyOf(one)]?.decision === "confirm")) {
    found.push({ kind: "outcome_unfit" });
  }
  return found;
}

/** The outcome that the decisions suggest; people may choose another. */
export function suggested(draft: Draft, findings: readonly ShownFinding[]): OutcomeId | null {
  if (findings.some((one) => !draft.rulings[keyOf(one)])) return null;
  const confirmed = findings.filter((one) => draft.rulings[keyOf(one)]?.decision === "confirm");
  if (confirmed.length === 0 && draft.missed.length === 0) return "合格";
  return "整改";
}

/** The corrections with one more; one that takes the place of an earlier one on the same thing replaces it. */
export function corrected(before: readonly Correction[], added: Correction): Correction[] {
  const last = before.at(-1);
  if (
    last &&
    ((added.kind === "words" && last.kind === "words" && last.utterance === added.utterance) ||
      (added.kind === "speaker" && last.kind === "speaker" && last.utterance === added.utterance) ||
      (added.kind === "role" && last.kind === "role" && last.speaker === added.speaker))
  ) {
    return [...before.slice(0, -1), added];
  }
  return [...before, added];
}

export function sameCorrections(a: readonly Correction[], b: readonly Correction[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
