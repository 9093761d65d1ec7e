import { App, Button, Empty, Select, Skeleton } from "antd";
import dayjs from "dayjs";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { useNavigate, useSearchParams } from "react-router-dom";
import { api } from "@/api/client";
import { asProblem } from "@/api/problem";
import { has, useMe } from "@/api/session";
import type { Queued, ReviewOut } from "@/api/types";
import { ProblemView } from "@/components/ProblemView";
import { useLanguage, useTexts } from "@/i18n/language";
import { QueueFilters } from "./Filters";
import { Row } from "./Row";
import { texts } from "./texts";
import { PAGE, useQueue } from "./useQueue";
import { useReviewers } from "./useReviewers";
import { filtersOf, isSame, searchOf, windowOf, type Filters } from "./views";
import "./queue.css";

const ROW_PX = 42;
const HEAD_PX = 34;
const SPARE_ROWS = 12;
/** Rows are changed for others after so many have gone past, not with every pixel. */
const STEP_PX = 4 * ROW_PX;
const AHEAD_ROWS = 2 * PAGE;
const TICK_MS = 30_000;

/** What waits for people, the most urgent first. */
export default function Queue() {
  const words = useTexts(texts);
  const { language } = useLanguage();
  const { message } = App.useApp();
  const me = useMe();
  const go = useNavigate();
  const [asked, setAsked] = useSearchParams();
  const filters = useMemo(() => filtersOf(asked), [asked]);
  const queue = useQueue(filters);
  const { rows, counts } = queue;
  const canClaim = has(me, "reviewer", "senior_reviewer");
  const canAssign = has(me, "senior_reviewer", "compliance");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const lastChosen = useRef<string | null>(null);
  const [claiming, setClaiming] = useState<string | null>(null);
  const [active, setActive] = useState(0);
  const [now, setNow] = useState(() => Date.now());
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });

  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), TICK_MS);
    return () => window.clearInterval(timer);
  }, []);
  useEffect(() => setNow(Date.now()), [queue.updatedAt]);
  useEffect(() => {
    setChosen(new Set());
    setActive(0);
    if (box.current) box.current.scrollTop = 0;
  }, [asked]);

  useLayoutEffect(() => {
    const place = box.current;
    if (!place) return undefined;
    const measure = () => {
      const top = Math.floor(place.scrollTop / STEP_PX) * STEP_PX;
      const height = place.clientHeight + STEP_PX;
      setView((before) => (before.top === top && before.height === height ? before : { top, height }));
    };
    const watch = new ResizeObserver(measure);
    watch.observe(place);
    let frame = 0;
    const scrolled = () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(measure);
    };
    place.addEventListener("scroll", scrolled, { passive: true });
    return () => {
      watch.disconnect();
      place.removeEventListener("scroll", scrolled);
      cancelAnimationFrame(frame);
    };
  }, []);

  // Counts speak of all states; the height of what is not loaded yet is known only for all that waits.
  const waiting = counts ? counts.open + counts.claimed + counts.appealed : 0;
  const total = queue.more ? (isSame(filters, {}) ? Math.max(rows.length + 1, waiting) : rows.length + PAGE) : rows.length;
  const [first, last] = windowOf(view.top, view.height, ROW_PX, total, SPARE_ROWS);
  const { reach, watch } = queue;
  useEffect(() => {
    watch(first, last);
    if (queue.more && last + AHEAD_ROWS > rows.length) reach(last + AHEAD_ROWS);
  }, [first, last, rows.length, queue.more, reach, watch]);

  const put = useCallback((changed: Filters) => setAsked(searchOf(changed), { replace: true }), [setAsked]);
  const judges = has(me, "senior_reviewer");
  const open = useCallback(
    (row: Queued) => go(judges && row.state === "appealed" ? `/appeals/${row.id}` : `/sessions/${row.session_id}?review=${row.id}`),
    [go, judges],
  );
  const { refresh } = queue;
  const claim = useCallback(
    async (row: Queued) => {
      setClaiming(row.id);
      try {
        await api.post<ReviewOut>(`/v1/reviews/${row.id}/claim`, { version: row.version });
        open(row);
      } catch (error) {
        void message.warning(asProblem(error).text(language), 4);
        refresh();
      } finally {
        setClaiming(null);
      }
    },
    [open, message, language, refresh],
  );
  const order = useRef(rows);
  order.current = rows;
  const select = useCallback((id: string, on: boolean, range: boolean) => {
    setChosen((before) => {
      const after = new Set(before);
      const ids = order.current.map((one) => one.id);
      const from = range && lastChosen.current ? ids.indexOf(lastChosen.current) : -1;
      const to = ids.indexOf(id);
      const span = from >= 0 ? ids.slice(Math.min(from, to), Math.max(from, to) + 1) : [id];
      for (const one of span) {
        if (on) after.add(one);
        else after.delete(one);
      }
      lastChosen.current = id;
      return after;
    });
  }, []);

  const key = (event: KeyboardEvent) => {
    const to = { ArrowDown: active + 1, ArrowUp: active - 1, Home: 0, End: rows.length - 1, PageDown: active + 12, PageUp: active - 12 }[event.key];
    const row = rows[active];
    if (to !== undefined) {
      const at = Math.min(Math.max(0, to), Math.max(0, rows.length - 1));
      setActive(at);
      const place = box.current;
      if (place) {
        if (at * ROW_PX < place.scrollTop) place.scrollTop = at * ROW_PX;
        else if ((at + 1) * ROW_PX + HEAD_PX > place.scrollTop + place.clientHeight) {
          place.scrollTop = (at + 1) * ROW_PX + HEAD_PX - place.clientHeight;
        }
      }
      event.preventDefault();
    } else if (event.target === box.current && row && event.key === "Enter") {
      open(row);
    } else if (event.target === box.current && row && event.key.toLowerCase() === "c" && canClaim && row.state === "open") {
      void claim(row);
    } else if (event.target === box.current && row && event.key === " " && canAssign) {
      select(row.id, !chosen.has(row.id), false);
      event.preventDefault();
    }
  };

  const empty = !queue.loading && rows.length === 0 && !queue.problem;
  return (
    <div className="queue">
      <header className="q-head">
        <h1>{words.title}</h1>
        <span className="muted q-updated num">{queue.updatedAt ? words.updated(dayjs(queue.updatedAt).format("HH:mm:ss")) : ""}</span>
        <span className="desk-gap" />
        <span className="muted q-hint">{words.keysHint}</span>
      </header>
      <QueueFilters filters={filters} counts={counts} seesSamples={!canClaim} onFilters={put} />
      {chosen.size > 0 && <Assign ids={chosen} onDone={() => { setChosen(new Set()); refresh(); }} onClear={() => setChosen(new Set())} />}
      <div className="q-table" role="table" aria-label={words.title} aria-rowcount={total + 1} aria-busy={queue.loading}>
        <div ref={box} className="q-scroll" tabIndex={0} role="rowgroup" aria-label={words.title} onKeyDown={key}>
          <div className="q-row q-heads" role="row">
            {canAssign && <span role="columnheader" className="q-check"><span className="sr-only">{words.selectRow("")}</span></span>}
            <span role="columnheader" className="q-left">{words.left}</span>
            <span role="columnheader" className="q-findings">{words.findings}</span>
            <span role="columnheader" className="q-session">{words.policy}</span>
            <span role="columnheader" className="q-agent">{words.agentOf}</span>
            <span role="columnheader" className="q-sale">{words.sale}</span>
            <span role="columnheader" className="q-kind">{words.scenario}</span>
            <span role="columnheader" className="q-who">{words.who}</span>
            <span role="columnheader" className="q-action"><span className="sr-only">{words.action}</span></span>
          </div>
          {queue.problem && <ProblemView problem={queue.problem} retry={refresh} />}
          {queue.loading && rows.length === 0 && <Skeleton active className="q-waiting" paragraph={{ rows: 10 }} title={false} />}
          {empty && (
            <Empty
              className="q-empty"
              image={Empty.PRESENTED_IMAGE_SIMPLE}
              description={
                isSame(filters, {}) ? <><b>{words.empty}</b><br />{words.emptyHint}</> : <><b>{words.emptyFilter}</b><br />{words.emptyFilterHint}</>
              }
            />
          )}
          <div className="q-rows" role="presentation" style={{ height: total * ROW_PX }}>
            {Array.from({ length: Math.max(0, last - first) }, (_, i) => {
              const at = first + i;
              const row = rows[at];
              return row ? (
                <Row
                  key={row.id}
                  row={row}
                  index={at}
                  top={at * ROW_PX}
                  now={now}
                  active={at === active}
                  selectable={canAssign}
                  selected={chosen.has(row.id)}
                  canClaim={canClaim}
                  judges={judges}
                  busy={claiming === row.id}
                  onSelect={select}
                  onOpen={open}
                  onClaim={claim}
                />
              ) : (
                <div key={`w${at}`} className="q-row q-row-waiting" aria-hidden style={{ transform: `translateY(${at * ROW_PX}px)` }}><i /></div>
              );
            })}
          </div>
        </div>
      </div>
      <footer className="q-foot muted num">
        {queue.more ? words.loaded(rows.length.toLocaleString("en-US"), isSame(filters, {}) ? waiting.toLocaleString("en-US") : "…") : words.total(rows.length.toLocaleString("en-US"))}
      </footer>
    </div>
  );
}

/** Puts the chosen reviews on somebody's list. */
function Assign({ ids, onDone, onClear }: { ids: ReadonlySet<string>; onDone: () => void; onClear: () => void }) {
  const words = useTexts(texts);
  const { language } = useLanguage();
  const { message } = App.useApp();
  const people = useReviewers();
  const [busy, setBusy] = useState(false);
  const assign = async (assignee: string) => {
    setBusy(true);
    try {
      const all = [...ids];
      const results: { error: string | null; zh: string | null; en: string | null }[] = [];
      for (let at = 0; at < all.length; at += PAGE) {
        const body = { reviews: all.slice(at, at + PAGE), assignee };
        results.push(...(await api.post<{ items: typeof results }>("/v1/reviews/assign", body)).items);
      }
      const failed = results.filter((one) => one.error);
      if (results.length > failed.length) void message.success(words.assignDone(results.length - failed.length));
      if (failed.length) void message.warning(`${words.assignFailed(failed.length)}：${failed[0]?.[language] ?? ""}`, 6);
      onDone();
    } catch (error) {
      void message.error(asProblem(error).text(language), 6);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="q-assign" role="region" aria-label={words.assign}>
      <b className="num">{words.selected(ids.size)}</b>
      <Select
        showSearch
        style={{ width: 260 }}
        placeholder={words.assign}
        aria-label={words.assign}
        loading={busy}
        disabled={busy}
        value={null}
        onChange={(name: string) => void assign(name)}
        options={people.map((one) => ({ value: one.name, label: `${one.name} · ${words.load(one.claimed ?? 0, one.assigned ?? 0)}` }))}
      />
      <Button type="link" onClick={onClear}>{words.unselect}</Button>
    </div>
  );
}
