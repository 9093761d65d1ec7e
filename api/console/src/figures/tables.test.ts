import { describe, expect, it } from "vitest";
import { asCsv, harmless, sheetName, widthOf } from "./tables";

describe("tables that are taken away", () => {
  it("hold no formulas, whatever people are called", () => {
    for (const text of ["=cmd()", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1"]) {
      expect(harmless(text).startsWith("'")).toBe(true);
    }
    expect(harmless("西安分公司")).toBe("西安分公司");
    const csv = asCsv({ name: "a", columns: ["名称", "数"], rows: [["=HYPERLINK(\"x\")", -3], ['说"好"', null]] });
    expect(csv).toBe('\ufeff名称,数\r\n"\'=HYPERLINK(""x"")",-3\r\n"说""好""",\r\n');
  });

  it("tell numbers that are none as nothing", () => {
    expect(asCsv({ name: "a", columns: ["n"], rows: [[Number.NaN], [0]] })).toBe("\ufeffn\r\n\r\n0\r\n");
  });

  it("have names and widths that spreadsheets take", () => {
    expect(sheetName("a/b:c*[d]?")).toBe("a b c  d");
    expect(sheetName("")).toBe("1");
    expect(sheetName("长".repeat(50)).length).toBe(31);
    expect(widthOf("名称", ["西安分公司"])).toBe(12);
    expect(widthOf("n", [1])).toBe(8);
  });
});
