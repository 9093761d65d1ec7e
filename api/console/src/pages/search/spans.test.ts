import { describe, expect, it } from "vitest";
import { piecesOf } from "./spans";

describe("pieces of a line", () => {
  it.each([
    ["保证收益", [[0, 2]], ["[保证]", "收益"]],
    ["他说保证收益", [[4, 6], [2, 4]], ["他说", "[保证收益]"]],
    ["𠮷保证", [[1, 3]], ["𠮷", "[保证]"]],
    ["短", [[0, 9]], ["[短]"]],
    ["无", [], ["无"]],
    ["", [], []],
  ] as [string, [number, number][], string[]][])("%s %j", (text, spans, expected) => {
    expect(piecesOf(text, spans).map((one) => (one.found ? `[${one.text}]` : one.text))).toEqual(expected);
  });
});
