import type { Call, DecisionRow, Options, OutcomeId, ReviewOut, ShownFinding } from "@/api/types";

/** What somebody says of one finding on the way to a final judgement. */
export interface Ruled {
  decision: Call | null;
  reason: string | null;
  note: string;
}

export interface Draft {
  rulings: Record<string, Ruled>;
  appeal: "upheld" | "rejected" | null;
  outcome: OutcomeId | null;
  note: string;
}

export function keyOf(one: { item: string; product_index: number | null }): string {
  return one.product_index === null ? one.item : `${one.item}[${one.product_index}]`;
}

/** The first decisions, as where the final judgement begins. */
export function begun(review: ReviewOut): Draft {
  const kept = review.draft?.content as Partial<Draft> | undefined;
  if (kept?.rulings) return { rulings: kept.rulings, appeal: kept.appeal ?? null, outcome: kept.outcome ?? null, note: kept.note ?? "" };
  const first = new Map(review.decisions.filter((one) => one.stage === "first").map((one) => [keyOf(one), one]));
  const ruled = (one: DecisionRow | undefined): Ruled => ({ decision: one?.decision ?? null, reason: one?.reason ?? null, note: one?.note ?? "" });
  return {
    rulings: Object.fromEntries(review.findings.map((one) => [keyOf(one), ruled(first.get(keyOf(one)))])),
    appeal: null,
    outcome: null,
    note: "",
  };
}

/** The findings that keep the judgement from being whole: no decision, or no reason where one is needed. */
export function open(draft: Draft, findings: readonly ShownFinding[], options: Options): ShownFinding[] {
  return findings.filter((one) => {
    const ruled = draft.rulings[keyOf(one)];
    if (!ruled?.decision) return true;
    const reason = options.reasons.find((known) => known.id === ruled.reason);
    if (!ruled.reason) return options.needs_reason.includes(ruled.decision);
    return !reason?.decisions.includes(ruled.decision) || (reason.note && !ruled.note.trim());
  });
}

/** Whether an outcome can be chosen: not while findings so grave stand confirmed. */
export function fits(outcome: OutcomeId, draft: Draft, findings: readonly ShownFinding[], options: Options): boolean {
  const chosen = options.outcomes.find((one) => one.id === outcome);
  return !findings.some(
    (one) => draft.rulings[keyOf(one)]?.decision === "confirm" && chosen?.not_with_confirmed.includes(one.severity),
  );
}

/** The judgement as it is sent. */
export function body(draft: Draft, review: ReviewOut, seconds: number) {
  return {
    version: review.review.version,
    outcome: draft.outcome,
    note: draft.note.trim() || null,
    appeal: draft.appeal,
    seconds_spent: Math.round(seconds),
    findings: review.findings.map((one) => {
      const ruled = draft.rulings[keyOf(one)];
      return {
        item: one.item,
        product_index: one.product_index,
        decision: ruled?.decision,
        reason: ruled?.reason || null,
        note: ruled?.note.trim() || null,
      };
    }),
  };
}
