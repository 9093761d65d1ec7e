import { describe, expect, it } from "vitest";
import { clock, left } from "@/components/time";
import type { Line, ShownFinding } from "@/api/types";
import { begin, corrected, EMPTY, keyOf, lacking, read, redo, step, suggested, undo } from "./draft";
import { actionOf, BINDINGS, keyName, type Pressed } from "./keys";
import { beyondSilence, characterAt, lastBefore, piecesOf, spokenOf, union } from "./spans";

const line: Line = {
  id: 1, start: 10, end: 12, speaker: "S1", role: "agent", text: "有犹豫期。", confidence: 0.9, human: false,
  timing: [0, 1, 0, 200, 1, 1, 400, 200, 2, 1, 600, 200, 3, 1, 800, 200],
};

describe("times", () => {
  it.each([[0, "0:00"], [65.9, "1:05"], [3723, "1:02:03"], [-1, "0:00"]])("%s is %s", (seconds, text) => {
    expect(clock(seconds)).toBe(text);
  });
  it.each([[5.34, "0:05.3"], [59.99, "0:59.9"], [0.3, "0:00.3"]])("%s in tenths is %s", (seconds, text) => {
    expect(clock(seconds, true)).toBe(text);
  });
  it.each([
    [90, { overdue: false, unit: "minutes", count: 1 }],
    [-7300, { overdue: true, unit: "hours", count: 2 }],
    [3 * 86_400, { overdue: false, unit: "days", count: 3 }],
    [10, { overdue: false, unit: "minutes", count: 1 }],
  ])("%s s are left", (seconds, told) => expect(left(seconds)).toEqual(told));
});

describe("spans", () => {
  it("finds the last start that is not after", () => {
    expect([0, 1, 2.5, 9].map((time) => lastBefore([1, 2, 3], time))).toEqual([-1, 0, 1, 2]);
    expect(lastBefore([], 1)).toBe(-1);
  });
  it("joins what touches", () => {
    expect(union([[4, 5], [1, 2], [2, 3]])).toEqual([[1, 3], [4, 5]]);
    expect(union([[1, 2], [2.5, 3]], 0.5)).toEqual([[1, 3]]);
  });
  it.each([
    ["while somebody speaks", 1.5, 1.5],
    ["in a short pause", 2.2, 2.2],
    ["in a long silence, up to shortly before the next word", 6, 9.7],
    ["right after a word the silence is let be for a moment", 3.1, 3.1],
    ["after the last word", 30, 30],
  ])("silence: %s", (_, time, expected) => {
    expect(beyondSilence([[1, 2], [2.5, 3], [10, 11]], time, 1.5, 0.3)).toBeCloseTo(expected);
  });
  it("marks the characters that were heard in a span, the graver mark over the lighter", () => {
    const pieces = piecesOf(line, [
      { start: 10.4, end: 11, kind: "heard", title: "犹豫期" },
      { start: 10.6, end: 10.8, kind: "near", title: "接近" },
    ]);
    expect(pieces.map(({ text, mark }) => [text, mark])).toEqual([
      ["有", null], ["犹", "heard"], ["豫", "near"], ["期", "heard"], ["。", null],
    ]);
    expect(pieces.map((one) => one.text).join("")).toBe(line.text);
  });
  it("knows the character at a time", () => {
    const spoken = spokenOf(line);
    expect(spoken).toHaveLength(4);
    expect([9, 10.1, 10.35, 10.7, 12].map((time) => characterAt(spoken, time))).toEqual([-1, 0, 0, 2, 3]);
  });
});

describe("drafts", () => {
  const finding = (item: string, severity: ShownFinding["severity"] = "critical"): ShownFinding => ({
    item, product_index: null, title: item, kind: "disclosure", severity, verdict: "fail", reason_code: "x",
    reason: "", fix: null, layer: "machine",
  });
  const reasons = [{ id: "other", decisions: ["confirm" as const], zh: "", en: "", note: true }];

  it("undoes and does again, and typing is one step", () => {
    let history = begin(EMPTY);
    history = step(history, { ...EMPTY, note: "a" }, "note", true);
    history = step(history, { ...EMPTY, note: "ab" }, "note", true);
    expect(history.past).toHaveLength(1);
    history = undo(history);
    expect(history.now.note).toBe("");
    expect(undo(history)).toBe(history);
    history = redo(history);
    expect(history.now.note).toBe("ab");
    expect(step(undo(history), { ...EMPTY, note: "c" }, "note").future).toEqual([]);
  });
  it("names what is missing", () => {
    const findings = [finding("a"), finding("b"), finding("c")];
    const draft = {
      ...EMPTY,
      rulings: {
        a: { decision: "overturn" as const, reason: null, note: "" },
        b: { decision: "confirm" as const, reason: "other", note: " " },
      },
    };
    const found = lacking(draft, findings, reasons, ["overturn"], ["critical"], true);
    expect(found.map((one) => one.kind)).toEqual(["reason", "note", "decision", "appeal", "outcome"]);
  });
  it("passes nobody while something grave stands confirmed", () => {
    const draft = {
      ...EMPTY, outcome: "合格" as const, rulings: { a: { decision: "confirm" as const, reason: null, note: "" } },
    };
    expect(lacking(draft, [finding("a")], [], [], ["critical"], false)).toEqual([{ kind: "outcome_unfit" }]);
    expect(lacking(draft, [finding("a", "low")], [], [], ["critical"], false)).toEqual([]);
  });
  it("suggests an outcome once all is decided", () => {
    expect(suggested(EMPTY, [finding("a")])).toBeNull();
    expect(suggested({ ...EMPTY, rulings: { a: { decision: "overturn", reason: null, note: "" } } }, [finding("a")])).toBe("合格");
    expect(suggested({ ...EMPTY, rulings: { a: { decision: "confirm", reason: null, note: "" } } }, [finding("a")])).toBe("整改");
  });
  it("reads what was kept and drops what is no draft", () => {
    const kept = read({ rulings: { a: { decision: "confirm" }, b: { decision: "maybe" } }, missed: [{ item: 1 }], note: 3 });
    expect(kept).toEqual({ ...EMPTY, rulings: { a: { decision: "confirm", reason: null, note: "" } } });
    expect(read({})).toEqual(EMPTY);
  });
  it("a correction takes the place of the one right before it on the same line", () => {
    const one = corrected([], { kind: "words", utterance: 1, text: "a" });
    expect(corrected(one, { kind: "words", utterance: 1, text: "b" })).toEqual([{ kind: "words", utterance: 1, text: "b" }]);
    expect(corrected(one, { kind: "words", utterance: 2, text: "b" })).toHaveLength(2);
  });
  it("tells findings of several products apart", () => {
    expect(keyOf({ item: "a", product_index: 0 })).not.toBe(keyOf({ item: "a", product_index: null }));
  });
});

describe("keys", () => {
  const press = (key: string, more: Partial<Pressed> = {}): Pressed => ({
    key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more,
  });
  it("each key does one thing", () => {
    const keys = BINDINGS.flatMap((one) => one.keys);
    expect(new Set(keys).size).toBe(keys.length);
  });
  it.each([
    [press(" "), "play"],
    [press("J"), "nextFinding"],
    [press("1"), "confirm"],
    [press("Z", { shiftKey: true }), "redo"],
    [press("z", { metaKey: true }), "undo"],
    [press("?", { shiftKey: true }), "help"],
    [press("Enter", { ctrlKey: true }), "submit"],
    [press("q"), null],
    [press("1", { ctrlKey: true }), null],
    [press("1", { altKey: true }), null],
  ])("%o", (pressed, action) => expect(actionOf(pressed, false)).toBe(action));
  it("leaves typing alone, but for submitting and closing", () => {
    expect(actionOf(press("1"), true)).toBeNull();
    expect(actionOf(press(" "), true)).toBeNull();
    expect(actionOf(press("Enter", { ctrlKey: true }), true)).toBe("submit");
    expect(actionOf(press("Escape"), true)).toBe("close");
  });
  it("writes keys as people know them", () => {
    expect(["mod+shift+z", " ", "arrowleft", "/", "="].map(keyName)).toEqual(["Ctrl + Shift + Z", "Space", "←", "/", "="]);
  });
});
