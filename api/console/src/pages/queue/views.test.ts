import { describe, expect, it } from "vitest";
import { filtersOf, isSame, queryOf, searchOf, windowOf } from "./views";

describe("filters", () => {
  it("come from the address and go back into it, unknown names left out", () => {
    const found = filtersOf(new URLSearchParams("due=today&mine=1&evil=1&branch=%20"));
    expect(found).toEqual({ due: "today", mine: "1" });
    expect(searchOf(found).toString()).toBe("due=today&mine=1");
    expect(queryOf(found)).toEqual({ due: "today", mine: true });
    expect(isSame(found, { mine: "1", due: "today" })).toBe(true);
  });
});

describe("rows of a window", () => {
  it.each([
    [0, [0, 15]],
    [4000, [95, 115]],
    [400_000, [1000, 1000]],
  ])("at %s", (top, expected) => expect(windowOf(top, 400, 40, 1000, 5)).toEqual(expected));
});
