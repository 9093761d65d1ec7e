import { useCallback, useEffect, useRef, useState } from "react";
import { api, type Query } from "./client";
import { asProblem, type Problem } from "./problem";
import type { Listed } from "./types";

const PAGE = 100;
const LARGEST_PAGE = 200;

export interface Pages<Row, Page = Listed<Row>> {
  rows: Row[];
  /** The newest page as it came, with what it holds besides rows. */
  page: Page | null;
  loading: boolean;
  problem: Problem | null;
  /** Loads the next page; null at the end. */
  more: (() => void) | null;
  reload: () => void;
  /** The rows that are loaded and those after them, up to `most`: what a file is made of. */
  all: (most: number) => Promise<Row[]>;
}

interface Found<Row, Page> {
  rows: Row[];
  next: string | null;
  page: Page | null;
}

/**
 * A list of the interface, page after page, begun anew when the path or the query changes. What comes late of an
 * earlier question is dropped; rows stay until those of the next question have come. `size`: rows of a page, where the
 * interface gives fewer at once than elsewhere.
 */
export function usePages<Row, Page extends Listed<Row> = Listed<Row>>(
  path: string,
  query: Query = {},
  size?: number,
): Pages<Row, Page> {
  const asked = JSON.stringify(query);
  const [found, setFound] = useState<Found<Row, Page>>({ rows: [], next: null, page: null });
  const [problem, setProblem] = useState<Problem | null>(null);
  const [loading, setLoading] = useState(true);
  const running = useRef<AbortController | null>(null);

  const ask = useCallback(
    (cursor: string | null, limit: number, signal?: AbortSignal) =>
      api.get<Page>(path, { ...(JSON.parse(asked) as Query), cursor, limit }, { signal }),
    [path, asked],
  );
  const load = useCallback(
    async (before: Row[], cursor: string | null) => {
      running.current?.abort();
      const mine = new AbortController();
      running.current = mine;
      setLoading(true);
      try {
        const page = await ask(cursor, size ?? PAGE, mine.signal);
        if (mine.signal.aborted) return;
        setFound({ rows: [...before, ...page.items], next: page.next, page });
        setProblem(null);
      } catch (error) {
        if (mine.signal.aborted) return;
        // A list that did not come is not what was there before; a further page that did not come can be asked again.
        if (cursor === null) setFound({ rows: [], next: null, page: null });
        setProblem(asProblem(error));
      }
      setLoading(false);
    },
    [ask, size],
  );
  const reload = useCallback(() => void load([], null), [load]);
  useEffect(() => {
    setFound((before) => ({ ...before, next: null }));
    reload();
    return () => running.current?.abort();
  }, [reload]);

  const { rows, next, page } = found;
  const all = useCallback(
    async (most: number) => {
      const gathered = [...rows];
      let cursor = next;
      while (cursor && gathered.length < most) {
        const further: Listed<Row> = await ask(cursor, size ?? LARGEST_PAGE);
        gathered.push(...further.items);
        cursor = further.next;
      }
      return gathered.slice(0, most);
    },
    [rows, next, ask, size],
  );
  return { rows, page, loading, problem, more: next ? () => void load(rows, next) : null, reload, all };
}
