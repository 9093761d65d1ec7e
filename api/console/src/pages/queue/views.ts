/** What the queue is asked for, as it stands in the address of the page. */
export interface Filters {
  state?: string;
  due?: string;
  mine?: string;
  policy_no?: string;
  agent?: string;
  branch?: string;
  scenario?: string;
  reason?: string;
  item?: string;
  assignee?: string;
}

export const NAMES = ["state", "due", "mine", "policy_no", "agent", "branch", "scenario", "reason", "item", "assignee"] as const;

export function filtersOf(asked: URLSearchParams): Filters {
  const found: Filters = {};
  for (const name of NAMES) {
    const value = asked.get(name)?.trim();
    if (value) found[name] = value;
  }
  return found;
}

export function searchOf(filters: Filters): URLSearchParams {
  const found = new URLSearchParams();
  for (const name of NAMES) {
    const value = filters[name]?.trim();
    if (value) found.set(name, value);
  }
  return found;
}

export function isSame(a: Filters, b: Filters): boolean {
  return searchOf(a).toString() === searchOf(b).toString();
}

/** The query of the server. */
export function queryOf(filters: Filters): Record<string, string | boolean | undefined> {
  return { ...filters, mine: filters.mine ? true : undefined };
}

/** The rows of a window of `height` over a list of `count` rows, with some above and below. */
export function windowOf(top: number, height: number, row: number, count: number, spare: number): [number, number] {
  const first = Math.max(0, Math.floor(top / row) - spare);
  const last = Math.min(count, Math.ceil((top + height) / row) + spare);
  return [Math.min(first, count), last];
}
