import { useCallback, useEffect, useRef, useState, type DependencyList } from "react";
import { asProblem, type Problem } from "./problem";

export interface Loaded<Value> {
  data: Value | undefined;
  problem: Problem | null;
  loading: boolean;
  reload: () => void;
  /** Puts another value in place, such as the answer of a write. */
  setData: (value: Value) => void;
}

/**
 * What `load` gives, loaded anew when `deps` change. The last good value stays while the next is on its way; what comes
 * late of an earlier request is dropped.
 */
export function useLoad<Value>(load: (signal: AbortSignal) => Promise<Value>, deps: DependencyList): Loaded<Value> {
  const [data, setData] = useState<Value>();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [loading, setLoading] = useState(true);
  const [round, setRound] = useState(0);
  const latest = useRef(load);
  latest.current = load;
  useEffect(() => {
    const stop = new AbortController();
    setLoading(true);
    latest
      .current(stop.signal)
      .then((value) => {
        if (stop.signal.aborted) return;
        setData(value);
        setProblem(null);
      })
      .catch((error: unknown) => {
        if (!stop.signal.aborted) setProblem(asProblem(error));
      })
      .finally(() => {
        if (!stop.signal.aborted) setLoading(false);
      });
    return () => stop.abort();
    // `deps` are the caller's; `round` asks for the same again.
  }, [...deps, round]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  return { data, problem, loading, reload, setData };
}
