import { describe, expect, it } from "vitest";
import type { Options, ReviewOut, ShownFinding } from "@/api/types";
import { begun, body, fits, keyOf, open } from "./ruling";

const finding = (item: string, severity: ShownFinding["severity"] = "critical"): ShownFinding => ({
  item, severity, product_index: null, title: item, kind: "disclosure", verdict: "fail", reason_code: "x", reason: "x", fix: null, layer: "machine",
});
const options: Options = {
  lease_seconds: 60,
  needs_reason: ["overturn", "cannot_tell"],
  reasons: [
    { id: "misheard", decisions: ["overturn"], zh: "", en: "", note: false },
    { id: "other", decisions: ["overturn", "confirm"], zh: "", en: "", note: true },
  ],
  outcomes: [
    { id: "合格", zh: "", en: "", ticket: null, not_with_confirmed: ["critical"] },
    { id: "整改", zh: "", en: "", ticket: "rectify", not_with_confirmed: [] },
  ],
};
const review = {
  review: { version: 7 },
  findings: [finding("a"), finding("b", "high")],
  decisions: [{ stage: "first", item: "a", product_index: null, decision: "confirm", reason: null, note: null }],
  draft: null,
} as unknown as ReviewOut;

describe("a final judgement", () => {
  it("begins where the first decision ended", () => {
    const draft = begun(review);
    expect(draft.rulings.a?.decision).toBe("confirm");
    expect(draft.rulings.b?.decision).toBeNull();
    expect(open(draft, review.findings, options).map((one) => one.item)).toEqual(["b"]);
  });

  it("goes on with what was filled in before", () => {
    const kept = { ...begun(review), note: "听过原声", appeal: "upheld" as const };
    const again = begun({ ...review, draft: { content: kept } } as unknown as ReviewOut);
    expect(again).toEqual(kept);
  });

  it("needs a reason that fits, and words where the reason says nothing", () => {
    const draft = begun(review);
    draft.rulings.b = { decision: "overturn", reason: null, note: "" };
    expect(open(draft, review.findings, options)).toHaveLength(1);
    draft.rulings.b = { decision: "overturn", reason: "other", note: " " };
    expect(open(draft, review.findings, options)).toHaveLength(1);
    draft.rulings.b = { decision: "overturn", reason: "other", note: "客户点头" };
    expect(open(draft, review.findings, options)).toHaveLength(0);
    draft.rulings.a = { decision: "confirm", reason: "misheard", note: "" };
    expect(open(draft, review.findings, options)).toHaveLength(1);
  });

  it("cannot pass what stands confirmed and is grave", () => {
    const draft = begun(review);
    expect(fits("合格", draft, review.findings, options)).toBe(false);
    draft.rulings.a = { decision: "overturn", reason: "misheard", note: "" };
    expect(fits("合格", draft, review.findings, options)).toBe(true);
  });

  it("is sent with the version that was read", () => {
    const draft = { ...begun(review), outcome: "整改" as const, note: " " };
    const sent = body(draft, review, 12.4);
    expect([sent.version, sent.note, sent.seconds_spent, sent.findings.length]).toEqual([7, null, 12, 2]);
    expect(keyOf({ item: "a", product_index: 1 })).toBe("a[1]");
  });
});
