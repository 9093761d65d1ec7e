import { Button, Empty, Select, Skeleton, Table } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { Link } from "react-router-dom";
import { api } from "@/api/client";
import { useLoad, type Loaded } from "@/api/useLoad";
import { ProblemView } from "@/components/ProblemView";
import { Mark } from "@/components/marks";
import { Panel } from "@/figures/Panel";
import { useTexts } from "@/i18n/language";
import type { Diff, Version } from "./api";
import { texts } from "./texts";

const TONE = { draft: "medium", proposed: "high", published: "good", withdrawn: "low" } as const;

/** Every version, and what differs between two of them. */
export function HistoryTab({ name, history, number }: { name: string; history: Loaded<Version[]>; number: number | null }) {
  const words = useTexts(texts);
  const rows = history.data ?? [];
  const published = rows.find((one) => one.state === "published" && one.version !== number);
  const [pair, setPair] = useState<[number, number]>([published?.version ?? 0, number ?? rows[0]?.version ?? 0]);
  if (history.problem && !history.data) return <ProblemView problem={history.problem} retry={history.reload} />;
  const options = [{ value: 0, label: words.builtIn }, ...rows.map((one) => ({ value: one.version, label: `${words.number(String(one.version))} · ${words[`source_${one.state}`]}` }))];
  return (
    <div className="stack">
      <Panel title={words.history}>
        <Table<Version>
          size="small"
          rowKey="version"
          dataSource={rows}
          pagination={{ pageSize: 10, hideOnSinglePage: true, showSizeChanger: false }}
          locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.noHistory} /> }}
          columns={[
            { title: words.version, width: 110, render: (_, one) => <Link to={`/rulesets/${name}?version=${one.version}`}>{words.number(String(one.version))}</Link> },
            { title: words.state, width: 150, render: (_, one) => <><Mark tone={TONE[one.state]}>{words[`source_${one.state}`]}</Mark>{one.in_force && <> <Mark tone="brand">{words.inForce}</Mark></>}</> },
            { title: words.note, dataIndex: "note", ellipsis: true },
            { title: words.madeBy, render: (_, one) => <>{one.made_by} <span className="muted small num">{dayjs(one.made_at).format("YYYY-MM-DD HH:mm")}</span></> },
            { title: words.approvedBy, render: (_, one) => (one.approved_by ? <>{one.approved_by} <span className="muted small num">{dayjs(one.approved_at).format("YYYY-MM-DD HH:mm")}</span></> : "—") },
            { title: "", width: 140, render: (_, one) => <Button size="small" onClick={() => setPair([rows.find((other) => other.version < one.version)?.version ?? 0, one.version])}>{words.compare}</Button> },
          ]}
        />
      </Panel>
      {rows.length > 0 && (
        <Panel
          title={<>{words.from} → {words.to}</>}
          extra={
            <>
              <Select aria-label={words.from} style={{ width: 180 }} value={pair[0]} options={options} onChange={(value: number) => setPair([value, pair[1]])} />
              <Select aria-label={words.to} style={{ width: 180 }} value={pair[1]} options={options} onChange={(value: number) => setPair([pair[0], value])} />
            </>
          }
        >
          <Difference name={name} pair={pair} />
        </Panel>
      )}
    </div>
  );
}

function Difference({ name, pair }: { name: string; pair: [number, number] }) {
  const words = useTexts(texts);
  const [old, now] = pair;
  const found = useLoad((signal) => api.get<Diff>(`/v1/rulesets/${name}/diff`, { old, new: now }, { signal }), [name, old, now]);
  if (found.problem) return <ProblemView problem={found.problem} retry={found.reload} />;
  if (!found.data) return <Skeleton active paragraph={{ rows: 4 }} />;
  const groups = ([["added", "good"], ["removed", "critical"], ["changed", "medium"]] as const).filter(([key]) => found.data?.[key].length);
  return (
    <>
      {groups.map(([key, tone]) => (
        <div key={key} className="rules-concepts"><span className="muted small">{words[key]}</span>{found.data?.[key].map((one) => <Mark key={one} tone={tone}>{one}</Mark>)}</div>
      ))}
      {found.data.lines.length === 0 ? (
        <span className="muted">{words.same}</span>
      ) : (
        <pre className="rules-diff" tabIndex={0} aria-label={words.history}>
          {found.data.lines.slice(2).map((line, number) => <div key={number} className={line.startsWith("+") ? "plus" : line.startsWith("-") ? "minus" : line.startsWith("@@") ? "hunk" : ""}>{line || " "}</div>)}
        </pre>
      )}
    </>
  );
}
