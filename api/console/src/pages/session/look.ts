import { common } from "@/i18n/common";
import type { Evidence, Item, Role, Seen, ShownFinding } from "@/api/types";
import type { Severity } from "@/components/marks";
import { keyOf } from "./draft";
import type { Marked, MarkKind } from "./spans";

type Words = (typeof common)["zh"] | (typeof common)["en"];

/** Colours of what is drawn rather than written; the same as in tokens.css. */
export const COLOUR: Record<Severity | "good" | "missed", string> = {
  critical: "#b42318",
  high: "#c2610c",
  medium: "#a07a14",
  low: "#7b8a94",
  good: "#2b8459",
  missed: "#7a2a8a",
};

export const ROLE_COLOUR: Record<string, string> = {
  agent: "#2f5f9e",
  customer: "#7a4f9a",
  insured: "#a0508a",
  system: "#5f6b73",
  other: "#5f6b73",
  unknown: "#8a959c",
};

export const SEVERITIES: readonly Severity[] = ["critical", "high", "medium", "low"];
const NEAR_BELOW = 0.85;

export function roleName(role: Role, words: Words): string {
  return role === "unknown" ? words.roleUnknown : words[role];
}

export function roleTone(role: Role): string {
  return role === "agent" ? "agent" : role === "customer" || role === "insured" ? "customer" : "other";
}

/** How a piece of evidence was found, as it is told: what only sounds near is no match by itself. */
export function howOf(evidence: Evidence): "text" | "pinyin" | "near" | "acoustic" | "ocr" | "face" | "signal" | "human" {
  return evidence.how === "pinyin" && evidence.score < NEAR_BELOW ? "near" : evidence.how;
}

/** A finding of the review with what the inspection says of it. */
export interface Case {
  key: string;
  shown: ShownFinding;
  item: Item | null;
  /** Where it opens: before what was heard, seen or answered first; null for what has no place. */
  start: number | null;
  end: number | null;
}

const LEAD_S = 1.5;
const TAIL_S = 1;

export function casesOf(findings: readonly ShownFinding[], items: readonly Item[]): Case[] {
  const byKey = new Map(items.map((one) => [keyOf({ item: one.id, product_index: one.product_index }), one]));
  const cases = findings.map((shown) => caseOf(shown, byKey.get(keyOf(shown)) ?? null));
  return cases.sort(
    (a, b) =>
      SEVERITIES.indexOf(a.shown.severity) - SEVERITIES.indexOf(b.shown.severity) ||
      (a.start ?? Infinity) - (b.start ?? Infinity),
  );
}

export function caseOf(shown: ShownFinding, item: Item | null): Case {
  const spans = item ? spansOf(item) : [];
  const first = spans[0];
  const last = spans.at(-1);
  return {
    key: keyOf(shown),
    shown,
    item,
    start: first ? Math.max(0, first[0] - LEAD_S) : null,
    end: last ? Math.max(...spans.map((one) => one[1])) + TAIL_S : null,
  };
}

/** Where an item's evidence and answer lie, in order. */
export function spansOf(item: Item): [number, number][] {
  const found: [number, number][] = item.evidence
    .filter((one) => one.end - one.start < 60)
    .map((one) => [one.start, one.end]);
  if (item.answer?.start != null && item.answer.end != null) found.push([item.answer.start, item.answer.end]);
  return found.sort((a, b) => a[0] - b[0]);
}

/** An item that is no finding of the review, as one: notes and what passed. */
export function asShown(item: Item): ShownFinding {
  const { id, product_index, title, kind, severity, verdict, reason_code, reason, fix } = item;
  return { item: id, product_index, title, kind, severity, verdict, reason_code, reason, fix, layer: "machine" };
}

/** What is marked in the conversation, of every item that says something of the words. */
export function marksOf(items: readonly Item[], hows: (kind: MarkKind) => string): Marked[] {
  const found: Marked[] = [];
  for (const item of items) {
    if (item.verdict === "not_applicable") continue;
    const isForbidden = item.kind === "forbidden" && item.verdict !== "pass";
    for (const one of item.evidence) {
      if (one.how === "face" || one.how === "signal" || one.how === "ocr" || !one.quote) continue;
      const how = howOf(one);
      const kind: MarkKind = isForbidden ? "forbidden" : how === "near" ? "near" : how === "pinyin" ? "pinyin" : "heard";
      found.push({ start: one.start, end: one.end, kind, title: `${item.title} · ${hows(kind)} · ${one.matched}` });
    }
    const answer = item.answer;
    if (answer?.start != null && answer.end != null && item.verdict !== "pass") {
      found.push({ start: answer.start, end: answer.end, kind: "answer", title: item.title });
    }
  }
  return found;
}

/** Presence of each role in one bar: two faces of one role are one line. */
export function presence(people: readonly Seen[]): { role: Role; spans: [number, number][] }[] {
  const found = new Map<Role, [number, number][]>();
  for (const one of people) found.set(one.role, [...(found.get(one.role) ?? []), ...one.spans]);
  return [...found].map(([role, spans]) => ({ role, spans }));
}
