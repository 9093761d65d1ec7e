import { useMemo } from "react";
import type { Inspection, ReviewOut } from "@/api/types";
import { useTexts } from "@/i18n/language";
import { keyOf } from "./draft";
import { asShown, casesOf, marksOf, type Case } from "./look";
import type { Marked, MarkKind } from "./spans";
import { texts } from "./texts";

const NOTE_VERDICTS = ["fail", "review", "inconclusive"];

interface Cases {
  /** What there is to decide upon. */
  cases: readonly Case[];
  /** Items that are no findings of the review: what did not pass, and what did. */
  notes: readonly Case[];
  passed: readonly Case[];
  /** What is marked in the conversation. */
  marks: readonly Marked[];
}

/** The findings of a review and the items of its inspection, as the desk shows them. */
export function useCases(found: ReviewOut, inspection: Inspection | null): Cases {
  const words = useTexts(texts);
  return useMemo(() => {
    const items = inspection?.items ?? [];
    const cases = casesOf(found.findings, items);
    const known = new Set(cases.map((one) => one.key));
    const rest = casesOf(items.map(asShown).filter((one) => !known.has(keyOf(one))), items);
    const isNote = (one: Case) => NOTE_VERDICTS.includes(one.shown.verdict);
    const how = (kind: MarkKind) => (kind === "pinyin" ? words.how_pinyin : kind === "near" ? words.how_near : words.heard);
    return { cases, notes: rest.filter(isNote), passed: rest.filter((one) => !isNote(one)), marks: marksOf(items, how) };
  }, [found.findings, inspection, words]);
}
