import type { TableColumnsType } from "antd";
import dayjs from "dayjs";
import { Link, useNavigate, useSearchParams } from "react-router-dom";
import { has, useMe } from "@/api/session";
import { usePages } from "@/api/usePages";
import { PageHead } from "@/components/PageHead";
import { PagedTable } from "@/components/PagedTable";
import { SessionMark, type SessionVerdict } from "@/components/marks";
import { clock } from "@/components/time";
import { ExportMenu } from "@/figures/ExportMenu";
import { common } from "@/i18n/common";
import { useTexts } from "@/i18n/language";
import { texts } from "./texts";

interface Row {
  id: string;
  created_at: string;
  recorded_at: string | null;
  policy_no: string | null;
  scenario: string | null;
  branch: string | null;
  agent_no: string | null;
  agent_name: string | null;
  product: string | null;
  verdict: SessionVerdict | null;
  outcome: string | null;
  score: number | null;
  duration: number | null;
}

const MOST_EXPORTED = 5000;
const PATHS: Record<string, string> = { statistics: "/v1/statistics/sessions", quotas: "/v1/quotas/sessions" };
const OWN = ["title", "from"];

/** The sessions behind a number: the address holds what the number was counted by. */
export default function Behind() {
  const words = useTexts(texts);
  const names = useTexts(common);
  const me = useMe();
  const go = useNavigate();
  const [query] = useSearchParams();
  const wanted = Object.fromEntries([...query].filter(([name]) => !OWN.includes(name)));
  const pages = usePages<Row>(PATHS[query.get("from") ?? "statistics"] ?? "/v1/statistics/sessions", wanted);

  const isBranch = has(me, "branch");
  const opens = !has(me, "administrator"); // who has no need to see what was said
  const sessionOf = (row: Row) =>
    isBranch ? `/branch?session=${row.id}` : `/sessions/${row.id}${query.get("item") ? `?item=${query.get("item")}` : ""}`;
  const scenario = (one: string | null) => (one && one in names ? (names[one as keyof typeof names] as string) : (one ?? "—"));
  const columns: TableColumnsType<Row> = [
    {
      title: words.policy,
      dataIndex: "policy_no",
      render: (_, row) => (opens ? <Link to={sessionOf(row)}>{row.policy_no ?? words.untitled}</Link> : (row.policy_no ?? words.untitled)),
    },
    { title: words.recorded, render: (_, row) => <span className="num">{moment(row.recorded_at)}</span>, width: 140 },
    { title: words.received, render: (_, row) => <span className="num">{moment(row.created_at)}</span>, width: 140 },
    { title: words.scenario, render: (_, row) => scenario(row.scenario), width: 96 },
    { title: words.product, dataIndex: "product", ellipsis: true },
    { title: words.branch, dataIndex: "branch", ellipsis: true },
    { title: words.agent, render: (_, row) => [row.agent_name, row.agent_no].filter(Boolean).join(" ") || "—", ellipsis: true },
    { title: words.verdict, render: (_, row) => <SessionMark verdict={row.verdict} />, width: 96 },
    { title: words.score, align: "right", width: 70, render: (_, row) => <span className="num">{row.score ?? "—"}</span> },
    {
      title: words.duration,
      align: "right",
      width: 80,
      render: (_, row) => <span className="num">{row.duration === null ? "—" : clock(row.duration)}</span>,
    },
  ];

  const sheets = async () => {
    const all = await pages.all(MOST_EXPORTED);
    return [
      {
        name: query.get("title") ?? words.sessions,
        columns: ["ID", words.policy, words.recorded, words.received, words.scenario, words.product, words.branch, words.agent, words.verdict, words.score, words.duration],
        rows: all.map((one) => [
          one.id, one.policy_no, moment(one.recorded_at), moment(one.created_at), scenario(one.scenario), one.product, one.branch,
          [one.agent_name, one.agent_no].filter(Boolean).join(" "), one.verdict ? names[one.verdict] : null, one.score, one.duration,
        ]),
      },
    ];
  };

  return (
    <>
      <PageHead
        title={query.get("title") || words.sessions}
        hint={pages.rows.length ? words.shown(`${pages.rows.length}${pages.more ? "+" : ""}`) : words.hint}
        extra={<ExportMenu name="sessions" sheets={sheets} disabled={pages.rows.length === 0} />}
      />
      <PagedTable<Row>
        pages={pages}
        rowKey="id"
        columns={columns}
        empty={words.empty}
        onRow={(row) => ({ onDoubleClick: () => opens && go(sessionOf(row)) })}
      />
    </>
  );
}

function moment(text: string | null): string {
  return text ? dayjs(text).format("YYYY-MM-DD HH:mm") : "—";
}
