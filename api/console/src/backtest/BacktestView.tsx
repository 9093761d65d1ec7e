import { Empty, Table } from "antd";
import { Link } from "react-router-dom";
import { SessionMark, VerdictMark, type ItemVerdict } from "@/components/marks";
import { clock } from "@/components/time";
import type { Tried } from "@/pages/rulesets/api";
import { texts } from "@/pages/rulesets/texts";
import { common } from "@/i18n/common";
import { useTexts } from "@/i18n/language";

export type Totals = Tried["totals"];

/** Two pages of a back-test as one. */
export function added(before: Totals | null, page: Totals): Totals {
  if (!before) return page;
  const flips = new Map(before.flips.map((one) => [`${one.old}/${one.new}`, one]));
  for (const one of page.flips) {
    const old = flips.get(`${one.old}/${one.new}`);
    flips.set(`${one.old}/${one.new}`, { ...one, items: one.items + (old?.items ?? 0) });
  }
  return {
    sessions: before.sessions + page.sessions,
    session_flips: before.session_flips + page.session_flips,
    flips: [...flips.values()],
    pending: before.pending + page.pending,
    added: before.added + page.added,
    removed: before.removed + page.removed,
    faults: before.faults + page.faults,
  };
}

/** What a rule set would have made of past sessions: the sums, and the sessions whose items flip. */
export function BacktestView({ totals, items }: { totals: Totals | null; items: Tried["items"] }) {
  const words = useTexts(texts);
  const names = useTexts(common);
  if (!totals) return null;
  const changed = items.filter((one) => one.changes.length || one.fault);
  const verdict = (name: string) => (name in names ? (names[name as keyof typeof names] as string) : name);
  return (
    <>
      <div className="tiles">
        {([[words.sessions, totals.sessions], [words.sessionFlips, totals.session_flips], [words.itemFlips, totals.flips.reduce((sum, one) => sum + one.items, 0)], [words.pending, totals.pending], [words.unreadable, totals.faults]] as const).map(([name, n]) => (
          <div className="tile" key={name}><span className="tile-name">{name}</span><span className="tile-value num">{n}</span></div>
        ))}
      </div>
      {totals.flips.length > 0 && (
        <p className="small">{totals.flips.map((one) => `${verdict(one.old)} → ${verdict(one.new)} ${one.items}`).join("　")}</p>
      )}
      <Table
        size="small"
        rowKey="folder"
        dataSource={changed}
        pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.noFlips} /> }}
        columns={[
          { title: words.session, width: 110, render: (_, one) => <Link to={`/sessions/${one.folder}`} className="mono small">{one.folder.slice(-10)}</Link> },
          { title: words.before, width: 96, render: (_, one) => <SessionMark verdict={one.old} /> },
          { title: words.after, width: 96, render: (_, one) => <SessionMark verdict={one.new} /> },
          {
            title: words.itemFlips,
            render: (_, one) =>
              one.fault ??
              one.changes.map((change, number) => (
                <div key={number}>
                  <b>{change.title}</b> <Verdict verdict={change.old} /> → <Verdict verdict={change.new} />
                  {change.quote && <Link to={`/sessions/${one.folder}?item=${change.item}&t=${change.start ?? 0}`} className="small figure-link"> {change.start !== null && clock(change.start)} “{change.quote}”</Link>}
                </div>
              )),
          },
        ]}
      />
    </>
  );
}

function Verdict({ verdict }: { verdict: ItemVerdict | null }) {
  return verdict ? <VerdictMark verdict={verdict} /> : <span className="muted">—</span>;
}
