import { Alert, Button } from "antd";
import { useRef, useState } from "react";
import { api } from "@/api/client";
import { asProblem, type Problem } from "@/api/problem";
import { added, BacktestView, type Totals } from "@/backtest/BacktestView";
import { Panel } from "@/figures/Panel";
import { useLanguage, useTexts } from "@/i18n/language";
import type { Tried } from "./api";
import { texts } from "./texts";

const PAGE = 10;

/** Judges past sessions by a version, page by page, until there are no more or somebody stops it. */
export function BacktestTab({ name, version }: { name: string; version: number | null }) {
  const words = useTexts(texts);
  const { language } = useLanguage();
  const [totals, setTotals] = useState<Totals | null>(null);
  const [items, setItems] = useState<Tried["items"]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const stopped = useRef(false);
  const run = async () => {
    stopped.current = false;
    setBusy(true);
    setProblem(null);
    let cursor = next;
    let sums = cursor ? totals : null;
    if (!cursor) setItems([]);
    try {
      do {
        const page: Tried = await api.post<Tried>(`/v1/rulesets/${name}/backtest`, { version, cursor, limit: PAGE });
        sums = added(sums, page.totals);
        setTotals(sums);
        setItems((before) => [...before, ...page.items]);
        cursor = page.next;
        setNext(cursor);
      } while (cursor && !stopped.current);
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Panel
      title={words.backtest}
      hint={words.backtestHint}
      extra={
        busy ? <Button onClick={() => (stopped.current = true)}>{words.stop}</Button> : <Button type="primary" onClick={() => void run()}>{next ? words.goOn : words.runBacktest}</Button>
      }
    >
      {problem && <Alert type="error" showIcon message={problem.text(language)} style={{ marginBottom: 10 }} />}
      <BacktestView totals={totals} items={items} />
    </Panel>
  );
}
