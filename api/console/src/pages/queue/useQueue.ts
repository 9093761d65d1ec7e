import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { api } from "@/api/client";
import { asProblem, type Problem } from "@/api/problem";
import type { QueueCounts, Queued, QueuePage } from "@/api/types";
import { queryOf, type Filters } from "./views";

export const PAGE = 200;
const REFRESH_MS = 8000;

interface Loaded {
  cursor: string | null;
  items: Queued[];
}

export interface Queue {
  rows: Queued[];
  counts: QueueCounts | null;
  loading: boolean;
  problem: Problem | null;
  /** Whether there is more than is loaded. */
  more: boolean;
  updatedAt: Date | null;
  /** Loads on until `count` rows are there. */
  reach: (count: number) => void;
  /** The rows from `first` on are looked at: they are kept fresh. */
  watch: (first: number, last: number) => void;
  refresh: () => void;
  replace: (row: Queued) => void;
}

/** The queue, page after page as one scrolls, with what is looked at kept fresh. */
export function useQueue(filters: Filters): Queue {
  const asked = JSON.stringify(filters);
  const [pages, setPages] = useState<Loaded[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [counts, setCounts] = useState<QueueCounts | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [loading, setLoading] = useState(true);
  const [updatedAt, setUpdatedAt] = useState<Date | null>(null);
  const round = useRef(0);
  const wanted = useRef(0);
  const busy = useRef(false);
  const seen = useRef<[number, number]>([0, 0]);
  const latest = useRef({ pages, next });
  latest.current = { pages, next };

  const page = useCallback(
    (cursor: string | null) =>
      api.get<QueuePage>("/v1/queue", { ...queryOf(JSON.parse(asked) as Filters), cursor, limit: PAGE }),
    [asked],
  );

  const goOn = useCallback(async () => {
    if (busy.current) return;
    busy.current = true;
    const mine = round.current;
    try {
      while (mine === round.current) {
        const { pages: loaded, next: cursor } = latest.current;
        const count = loaded.reduce((sum, one) => sum + one.items.length, 0);
        if (cursor === null || count >= wanted.current) break;
        const found = await page(cursor);
        if (mine !== round.current) break;
        latest.current = { pages: [...loaded, { cursor, items: found.items }], next: found.next };
        setPages(latest.current.pages);
        setNext(found.next);
      }
    } catch (error) {
      if (mine === round.current) setProblem(asProblem(error));
    } finally {
      busy.current = false;
      if (mine !== round.current) void goOn();
    }
  }, [page]);

  useEffect(() => {
    const mine = ++round.current;
    wanted.current = 0;
    setLoading(true);
    page(null)
      .then((found) => {
        if (mine !== round.current) return;
        latest.current = { pages: [{ cursor: null, items: found.items }], next: found.next };
        setPages(latest.current.pages);
        setNext(found.next);
        setCounts(found.counts);
        setProblem(null);
        setUpdatedAt(new Date());
      })
      .catch((error: unknown) => {
        if (mine === round.current) setProblem(asProblem(error));
      })
      .finally(() => {
        if (mine === round.current) setLoading(false);
      });
    return () => void (round.current += 1);
  }, [page]);

  const refresh = useCallback(async () => {
    const mine = round.current;
    const { pages: loaded } = latest.current;
    let count = 0;
    const looked = loaded.filter((one) => {
      const first = count;
      count += one.items.length;
      return first <= seen.current[1] && count >= seen.current[0];
    });
    try {
      const fresh = await Promise.all((looked.length ? looked : loaded.slice(0, 1)).map(async (one) => ({ one, found: await page(one.cursor) })));
      if (mine !== round.current) return;
      const byCursor = new Map(fresh.map(({ one, found }) => [one.cursor, found]));
      setPages((before) => before.map((one) => ({ ...one, items: byCursor.get(one.cursor)?.items ?? one.items })));
      const last = fresh.at(-1);
      if (last) {
        setCounts(last.found.counts);
        if (last.one.cursor === latest.current.pages.at(-1)?.cursor) setNext(last.found.next);
      }
      setProblem(null);
      setUpdatedAt(new Date());
    } catch (error) {
      // The list stays as it was; only a first page that never came is a failure to be shown.
      if (mine === round.current && loaded.length === 0) setProblem(asProblem(error));
    }
  }, [page]);

  useEffect(() => {
    const timer = window.setInterval(() => {
      if (!document.hidden) void refresh();
    }, REFRESH_MS);
    const shown = () => !document.hidden && void refresh();
    document.addEventListener("visibilitychange", shown);
    return () => {
      window.clearInterval(timer);
      document.removeEventListener("visibilitychange", shown);
    };
  }, [refresh]);

  const rows = useMemo(() => {
    const known = new Set<string>();
    return pages.flatMap((one) => one.items).filter((one) => !known.has(one.id) && known.add(one.id));
  }, [pages]);
  const reach = useCallback(
    (count: number) => {
      wanted.current = Math.max(wanted.current, count);
      void goOn();
    },
    [goOn],
  );
  const watch = useCallback((first: number, last: number) => void (seen.current = [first, last]), []);
  const replace = useCallback(
    (row: Queued) =>
      setPages((before) => before.map((one) => ({ ...one, items: one.items.map((item) => (item.id === row.id ? row : item)) }))),
    [],
  );
  return {
    rows, counts, loading, problem, more: next !== null, updatedAt, reach, watch, refresh: () => void refresh(), replace,
  };
}
