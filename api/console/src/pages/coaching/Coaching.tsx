import { Empty, Segmented, Table } from "antd";
import { Link } from "react-router-dom";
import { api } from "@/api/client";
import { has, useMe } from "@/api/session";
import { useAddress } from "@/api/useAddress";
import { useLoad } from "@/api/useLoad";
import { PageHead } from "@/components/PageHead";
import { ProblemView } from "@/components/ProblemView";
import { Delta } from "@/figures/Delta";
import { ExportMenu } from "@/figures/ExportMenu";
import { NumberLink } from "@/figures/NumberLink";
import { Panel } from "@/figures/Panel";
import { PeriodFilters, useAsked } from "@/figures/Period";
import { Spark } from "@/figures/Spark";
import { count, listAddress, share, type Figure } from "@/figures/figure";
import { useTexts } from "@/i18n/language";
import { texts } from "./texts";
import "./coaching.css";

interface ItemTrend {
  item: string;
  title: string;
  severity: string;
  now: number;
  before: number;
  sessions: string;
}

interface Coached {
  name: string | null;
  title: string | null;
  inspected: Figure;
  flagged: Figure;
  flagged_before: number | null;
  first_pass: Figure;
  first_pass_before: number | null;
  items: ItemTrend[];
  trend: { period: string; hits: number; of: number; value: number | null }[];
}

type By = "branch" | "agent";

/** What to work on with whom: main problems, more or less often than before. */
export default function Coaching() {
  const words = useTexts(texts);
  const [asked] = useAsked();
  const [query, ask] = useAddress();
  const isBranch = has(useMe(), "branch");
  const by: By = isBranch || query.get("by") === "agent" ? "agent" : "branch";
  const found = useLoad((signal) => api.get<{ items: Coached[] }>("/v1/statistics/coaching", { ...asked, by }, { signal }), [asked, by]);
  const rows = found.data?.items ?? [];
  const nameOf = (one: Coached) => one.title ?? one.name ?? words.unnamed;
  const sheets = () => [
    {
      name: words.title,
      columns: [words[by], words.inspected, words.flagged, words.past, words.firstPass, words.past],
      rows: rows.map((one) => [one.title ? `${one.title} ${one.name}` : (one.name ?? ""), one.inspected.hits, one.flagged.value, one.flagged_before, one.first_pass.value, one.first_pass_before]),
    },
    {
      name: words.item,
      columns: [words[by], "ID", words.item, words.now, words.past],
      rows: rows.flatMap((one) => one.items.map((item) => [one.title ? `${one.title} ${one.name}` : (one.name ?? ""), item.item, item.title, item.now, item.before])),
    },
  ];
  return (
    <>
      <PageHead title={words.title} hint={words.hint} extra={<ExportMenu name={`mingjian-coaching-${by}`} sheets={sheets} disabled={!rows.length} />} />
      <PeriodFilters />
      {found.problem && !found.data ? (
        <ProblemView problem={found.problem} retry={found.reload} />
      ) : (
        <Panel
          title={words[by]}
          extra={
            !isBranch && (
              <Segmented<By>
                aria-label={words.title}
                value={by}
                options={[{ value: "branch", label: words.branch }, { value: "agent", label: words.agent }]}
                onChange={(value) => ask({ by: value })}
              />
            )
          }
        >
          <Table<Coached>
            size="small"
            rowKey={(one) => one.name ?? ""}
            loading={found.loading}
            dataSource={rows}
            pagination={{ pageSize: 30, hideOnSinglePage: true, showSizeChanger: false }}
            locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.empty} /> }}
            columns={[
              { title: words[by], width: 160, render: (_, one) => <>{nameOf(one)}{one.title && <div className="muted small mono">{one.name}</div>}</> },
              { title: words.inspected, align: "right", width: 84, render: (_, one) => <NumberLink n={one.inspected.hits} link={one.inspected.sessions} title={`${nameOf(one)} ${words.inspected}`} /> },
              {
                title: words.flagged, align: "right", width: 130,
                render: (_, one) => (
                  <>
                    <NumberLink n={one.flagged.hits} link={one.flagged.sessions} title={`${nameOf(one)} ${words.flagged}`}>{share(one.flagged.value, 0)}</NumberLink>{" "}
                    <Delta now={one.flagged.value} before={one.flagged_before} better="less" />
                  </>
                ),
              },
              { title: words.course, width: 140, render: (_, one) => <Spark values={one.trend.map((point) => point.value)} label={`${nameOf(one)} ${words.course}`} /> },
              {
                title: words.firstPass, align: "right", width: 130,
                render: (_, one) => (
                  <>
                    <NumberLink n={one.first_pass.of} link={one.first_pass.sessions_of} title={`${nameOf(one)} ${words.firstPass}`}>{share(one.first_pass.value, 0)}</NumberLink>{" "}
                    <Delta now={one.first_pass.value} before={one.first_pass_before} better="more" />
                  </>
                ),
              },
              {
                title: words.top,
                render: (_, one) => (
                  <ul className="coaching-items">
                    {one.items.map((item) => (
                      <li key={item.item}>
                        <Link className="figure-link" to={listAddress(item.sessions, `${nameOf(one)} ${item.title}`)}>{item.title}</Link>
                        <span className="num"> {count(item.now)}</span>
                        <span className={`num small ${one.flagged_before !== null && item.now > item.before ? "bad-number" : "muted"}`}> / {count(item.before)}</span>
                      </li>
                    ))}
                  </ul>
                ),
              },
            ]}
          />
        </Panel>
      )}
    </>
  );
}
