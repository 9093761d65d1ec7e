/** A table that can be taken away: what it is called, its columns, and cells that are text, numbers or nothing. */
export type Cell = string | number | null;

export interface Sheet {
  name: string;
  columns: readonly string[];
  rows: readonly (readonly Cell[])[];
}

const FORMULA = /^[=+\-@\t\r]/;
const MARK = "\ufeff";

/** A text that no spreadsheet takes for a formula. */
export function harmless(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

function quoted(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return Number.isFinite(cell) ? String(cell) : "";
  const text = harmless(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The table as CSV, with the mark by which spreadsheets know UTF-8. Texts that look like formulas are defused. */
export function asCsv(sheet: Sheet): string {
  return MARK + [sheet.columns, ...sheet.rows].map((row) => row.map(quoted).join(",")).join("\r\n") + "\r\n";
}

const UNFIT = /[\\/?*[\]:]/g;
const LONGEST_NAME = 31;

/** A name that spreadsheets take for a sheet. */
export function sheetName(name: string): string {
  return name.replaceAll(UNFIT, " ").trim().slice(0, LONGEST_NAME) || "1";
}

/** The tables as one XLSX workbook. Texts are written as texts: nothing in them is ever worked out. */
export async function asXlsx(sheets: readonly Sheet[]): Promise<Blob> {
  const { default: write } = await import("write-excel-file/browser");
  const cell = (value: Cell) =>
    value === null
      ? null
      : typeof value === "number"
        ? { type: Number, value }
        : { type: String, value, wrap: value.length > 40 };
  const head = (text: string) => ({ type: String, value: text, fontWeight: "bold" as const });
  const parts = sheets.map((sheet) => ({
    data: [sheet.columns.map(head), ...sheet.rows.map((row) => row.map(cell))],
    sheet: sheetName(sheet.name),
    columns: sheet.columns.map((column, at) => ({ width: widthOf(column, sheet.rows.map((row) => row[at] ?? null)) })),
    stickyRowsCount: 1,
  }));
  return write(parts as never).toBlob();
}

const NARROWEST = 8;
const WIDEST = 60;

/** How wide a column has to be, in characters; a Chinese one takes two. */
export function widthOf(column: string, cells: readonly Cell[]): number {
  const longest = [column, ...cells].reduce((most: number, one) => Math.max(most, extent(String(one ?? ""))), 0);
  return Math.min(WIDEST, Math.max(NARROWEST, longest + 2));
}

function extent(text: string): number {
  let found = 0;
  for (const one of text) found += (one.codePointAt(0) ?? 0) > 0x2e7f ? 2 : 1;
  return found;
}
