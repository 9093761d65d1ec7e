import { describe, expect, it } from "vitest";
import { change, listAddress, share, span } from "./figure";

describe("figures", () => {
  it("tells nothing as a dash, and never as a zero", () => {
    expect(share(null)).toBe("—");
    expect(span(undefined, "zh")).toBe("—");
    expect(change(0.5, null)).toBeNull();
  });

  it("tells shares and times as people read them", () => {
    expect(share(0.1234)).toBe("12.3%");
    expect(span(8.25, "zh")).toBe("8.3 秒");
    expect(span(90, "en")).toBe("90 s");
    expect(span(600, "zh")).toBe("10.0 分");
    expect(span(7200, "en")).toBe("2.0 h");
    expect(span(5 * 86_400, "zh")).toBe("5.0 天");
    expect(change(0.5, 0.4)).toBeCloseTo(10);
  });

  it("keeps every filter on the way to the list of sessions", () => {
    const found = listAddress("/v1/statistics/sessions?since=2026-11-01&branch=%E8%A5%BF%E5%AE%89&item=dr_a&part=fail", "甲");
    const asked = new URLSearchParams(found.split("?")[1]);
    expect(found.startsWith("/behind?")).toBe(true);
    expect(asked.get("branch")).toBe("西安");
    expect(asked.get("part")).toBe("fail");
    expect(asked.get("title")).toBe("甲");
    expect(asked.get("from")).toBeNull();
    expect(listAddress("/v1/quotas/sessions?quota=a", "乙")).toContain("from=quotas");
  });
});
