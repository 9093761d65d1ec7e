import { Button, Tabs, type TableColumnsType } from "antd";
import { Link, useSearchParams } from "react-router-dom";
import { has, useMe } from "@/api/session";
import type { Queued } from "@/api/types";
import { usePages } from "@/api/usePages";
import { PageHead } from "@/components/PageHead";
import { PagedTable } from "@/components/PagedTable";
import { TimeLeft } from "@/components/TimeLeft";
import { SeverityMark } from "@/components/marks";
import { useTexts } from "@/i18n/language";
import { texts } from "./texts";

const STATES = ["appealed", "decided", "final"] as const;
type State = (typeof STATES)[number];

/** Appeals that wait, and what else can be judged finally. */
export default function Appeals() {
  const words = useTexts(texts);
  const [query, setQuery] = useSearchParams();
  const state = (STATES as readonly string[]).includes(query.get("state") ?? "") ? (query.get("state") as State) : "appealed";
  return (
    <>
      <PageHead title={words.title} hint={words.hint} />
      <Tabs
        activeKey={state}
        onChange={(key) => setQuery(key === "appealed" ? {} : { state: key })}
        items={STATES.map((one) => ({ key: one, label: words[one === "appealed" ? "waiting" : one] }))}
      />
      <Listed key={state} state={state} />
    </>
  );
}

function Listed({ state }: { state: State }) {
  const words = useTexts(texts);
  const mayJudge = has(useMe(), "senior_reviewer");
  const found = usePages<Queued>("/v1/queue", { state });
  const columns: TableColumnsType<Queued> = [
    { title: words.due, width: 106, render: (_, one) => (state === "final" ? "—" : <TimeLeft seconds={one.left} at={one.due_at} />) },
    { title: words.policy, width: 130, render: (_, one) => <Link to={`/appeals/${one.id}`}>{one.policy_no ?? one.session_id.slice(0, 8)}</Link> },
    { title: words.branch, dataIndex: "branch", ellipsis: true, width: 120 },
    { title: words.agent, render: (_, one) => [one.agent_name, one.agent_no].filter(Boolean).join(" ") || "—", ellipsis: true, width: 126 },
    { title: words.product, dataIndex: "product", ellipsis: true },
    {
      title: words.findings,
      width: "27%",
      render: (_, one) => (
        <span style={{ display: "flex", gap: 6, alignItems: "center", minWidth: 0 }}>
          {one.findings[0] && <SeverityMark severity={one.findings[0].severity} />}
          <span className="ellipsis" style={{ minWidth: 0 }} title={one.findings.map((item) => item.title).join("、")}>{one.findings.map((item) => item.title).join("、") || "—"}</span>
        </span>
      ),
    },
    { title: state === "final" ? words.outcome : words.firstOutcome, dataIndex: "outcome", width: 88 },
    { title: words.assignee, dataIndex: "assignee", width: 76, ellipsis: true, render: (who: string | null) => who ?? "—" },
    {
      title: "", width: 72, align: "right",
      render: (_, one) => <Link to={`/appeals/${one.id}`}><Button size="small" type={state === "appealed" && mayJudge ? "primary" : "default"} tabIndex={-1}>{state === "appealed" && mayJudge ? words.judge : words.look}</Button></Link>,
    },
  ];
  return (
    <PagedTable<Queued> pages={found} rowKey="id" columns={columns} empty={state === "appealed" ? words.emptyWaiting : words.emptyOther} />
  );
}
