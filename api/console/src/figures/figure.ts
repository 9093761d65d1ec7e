/** A number of the statistics: `hits` of `of`, and where the sessions behind each are listed. */
export interface Figure {
  id: string;
  value: number | null;
  hits: number;
  of: number;
  low: number | null;
  high: number | null;
  sessions: string;
  sessions_of: string;
}

export interface Measure {
  id: string;
  zh: string;
  en: string;
  unit: "share" | "seconds";
  base: string;
  better: "more" | "less" | null;
}

export interface Summary {
  since: string;
  until: string;
  measures: Measure[];
  overall: Figure[];
  rows: { name: string | null; figures: Figure[] }[];
}

/** A share as people read it: `12.3 %`; nothing to count is a dash, never a zero. */
export function share(value: number | null | undefined, digits = 1): string {
  return value === null || value === undefined ? "—" : `${(value * 100).toFixed(digits)}%`;
}

/** Seconds in the unit that suits them, in the language of the page. */
export function span(seconds: number | null | undefined, language: "zh" | "en"): string {
  if (seconds === null || seconds === undefined) return "—";
  const units = language === "zh" ? ["秒", "分", "小时", "天"] : ["s", "min", "h", "d"];
  const size = Math.abs(seconds);
  if (size < 100) return `${seconds.toFixed(size < 10 ? 1 : 0)} ${units[0]}`;
  if (size < 5400) return `${(seconds / 60).toFixed(1)} ${units[1]}`;
  if (size < 48 * 3600) return `${(seconds / 3600).toFixed(1)} ${units[2]}`;
  return `${(seconds / 86_400).toFixed(1)} ${units[3]}`;
}

export function count(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 1 });
}

/** The figure of a measure, as text. */
export function told(figure: Figure, unit: Measure["unit"], language: "zh" | "en"): string {
  return unit === "share" ? share(figure.value) : span(figure.value, language);
}

/** By how much a share changed, in percentage points: `+1.2`. */
export function change(now: number | null | undefined, before: number | null | undefined): number | null {
  if (now === null || now === undefined || before === null || before === undefined) return null;
  return (now - before) * 100;
}

/** Where the console lists the sessions of an address of the interface, such as `/v1/statistics/sessions?item=…`. */
export function listAddress(link: string, title: string): string {
  const [path = "", query = ""] = link.split("?");
  const asked = new URLSearchParams(query);
  if (path.endsWith("/quotas/sessions")) asked.set("from", "quotas");
  asked.set("title", title);
  return `/behind?${asked.toString()}`;
}
