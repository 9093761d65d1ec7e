import { describe, expect, it } from "vitest";
import { secretOf } from "./visit";

describe("a customer's link", () => {
  it("gives its secret, however it was pasted", () => {
    expect(secretOf(" abc ")).toBe("abc");
    expect(secretOf("#abc")).toBe("abc");
    expect(secretOf("somewhere/my#abc-_1")).toBe("abc-_1");
    expect(secretOf("")).toBe("");
  });
});
