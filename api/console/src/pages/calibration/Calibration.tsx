import { Empty, Segmented, Skeleton, Switch, Table } from "antd";
import type { EChartsOption } from "echarts";
import { useState } from "react";
import { Link } from "react-router-dom";
import { api } from "@/api/client";
import { has, useMe } from "@/api/session";
import { useLoad } from "@/api/useLoad";
import { Chart } from "@/components/Chart";
import { PageHead } from "@/components/PageHead";
import { ProblemView } from "@/components/ProblemView";
import { Mark } from "@/components/marks";
import { ExportMenu } from "@/figures/ExportMenu";
import { NumberLink } from "@/figures/NumberLink";
import { Panel } from "@/figures/Panel";
import { PeriodFilters, useAsked } from "@/figures/Period";
import { share } from "@/figures/figure";
import { useTexts } from "@/i18n/language";
import { texts } from "./texts";

interface Share {
  hits: number;
  of: number;
  value: number | null;
  low: number | null;
  high: number | null;
}

interface Agreement {
  pairs: number;
  agreed: number;
  kappa: number | null;
}

interface ReviewerRow {
  name: string;
  reviews: number;
  agreement: Agreement;
  confirmed: Share;
  others: Share;
  before: Share;
  changed: Share;
  drifts_from_others: boolean;
  drifts_from_before: boolean;
  sessions: string;
}

interface Pair {
  session_id: string;
  first: string;
  first_outcome: string;
  second: string;
  second_outcome: string;
  agreed: boolean;
}

interface Found {
  agreement: Agreement;
  periods: { period: string; agreement: Agreement; confirmed: Share }[];
  reviewers: ReviewerRow[];
  pairs: Pair[];
}

/** How far reviewers agree, with each other and with themselves over time. */
export default function Calibration() {
  const words = useTexts(texts);
  const [asked] = useAsked();
  const [by, setBy] = useState<"month" | "week">("week");
  const [differ, setDiffer] = useState(true);
  const canOpen = has(useMe(), "senior_reviewer", "compliance", "auditor");
  const found = useLoad((signal) => api.get<Found>("/v1/statistics/calibration", { ...asked, by }, { signal }), [asked, by]);
  const data = found.data;
  const sheets = () => [
    {
      name: words.byPeople,
      columns: [words.reviewer, words.reviews, words.pairs, words.agreed, words.kappa, words.own, words.others, words.before, words.changed],
      rows: (data?.reviewers ?? []).map((one) => [one.name, one.reviews, one.agreement.pairs, one.agreement.agreed, one.agreement.kappa, one.confirmed.value, one.others.value, one.before.value, one.changed.hits]),
    },
    {
      name: words.pairsList,
      columns: [words.session, words.first, "", words.second, ""],
      rows: (data?.pairs ?? []).map((one) => [one.session_id, one.first, one.first_outcome, one.second, one.second_outcome]),
    },
  ];
  return (
    <>
      <PageHead title={words.title} hint={words.hint} extra={<ExportMenu name="mingjian-calibration" sheets={sheets} disabled={!data} />} />
      <PeriodFilters agents={false} />
      {found.problem && !data ? (
        <ProblemView problem={found.problem} retry={found.reload} />
      ) : !data ? (
        <Skeleton active paragraph={{ rows: 8 }} />
      ) : (
        <div className="stack">
          <div className="tiles" style={{ marginBottom: 0 }}>
            <div className="tile"><span className="tile-name">{words.pairs}</span><span className="tile-value num">{data.agreement.pairs}</span></div>
            <div className="tile">
              <span className="tile-name">{words.agreed}</span>
              <span className="tile-value num">{data.agreement.pairs ? share(data.agreement.agreed / data.agreement.pairs) : "—"}</span>
              <span className="tile-foot num">{data.agreement.agreed} / {data.agreement.pairs}</span>
            </div>
            <div className="tile">
              <span className="tile-name">{words.kappa}</span>
              <span className={`tile-value num${data.agreement.kappa !== null && data.agreement.kappa < 0.4 ? " bad" : ""}`}>{data.agreement.kappa?.toFixed(2) ?? "—"}</span>
              <span className="tile-foot">{words.kappaHint}</span>
            </div>
          </div>
          <div className="two" style={{ marginBottom: 0 }}>
            <Panel
              title={words.course}
              hint={words.courseHint}
              extra={<Segmented<"month" | "week"> size="small" value={by} onChange={setBy} options={[{ value: "week", label: words.week }, { value: "month", label: words.month }]} />}
            >
              <Chart height={240} label={words.course} option={courseOf(data, [words.rate, words.kappa, words.confirmed])} />
            </Panel>
            <Panel
              title={words.pairsList}
              extra={<label className="small"><Switch size="small" checked={differ} onChange={setDiffer} aria-label={words.onlyDiffer} /> {words.onlyDiffer}</label>}
            >
              <Table<Pair>
                size="small"
                rowKey={(one) => `${one.session_id}${one.second}`}
                dataSource={data.pairs.filter((one) => !differ || !one.agreed)}
                pagination={{ pageSize: 6, hideOnSinglePage: true, showSizeChanger: false, size: "small" }}
                locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={data.pairs.length ? words.same : words.empty} /> }}
                columns={[
                  { title: words.first, render: (_, one) => `${one.first}：${one.first_outcome}` },
                  { title: words.second, render: (_, one) => `${one.second}：${one.second_outcome}` },
                  { title: "", width: 90, render: (_, one) => <Mark tone={one.agreed ? "good" : "high"}>{one.agreed ? words.same : words.differs}</Mark> },
                  { title: words.session, width: 70, render: (_, one) => (canOpen ? <Link to={`/sessions/${one.session_id}`}>{words.open}</Link> : <span className="mono small">{one.session_id.slice(0, 8)}</span>) },
                ]}
              />
            </Panel>
          </div>
          <Panel title={words.byPeople} hint={words.byPeopleHint}>
            <Table<ReviewerRow>
              size="small"
              rowKey="name"
              dataSource={data.reviewers}
              pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
              locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.nobody} /> }}
              columns={[
                { title: words.reviewer, dataIndex: "name" },
                { title: words.reviews, align: "right", width: 90, render: (_, one) => <NumberLink n={one.reviews} link={one.sessions} title={`${one.name} ${words.reviews}`} /> },
                { title: words.agreement, align: "right", width: 130, render: (_, one) => <span className="num">{one.agreement.pairs ? `${one.agreement.agreed} / ${one.agreement.pairs}` : "—"}</span> },
                { title: words.kappa, align: "right", width: 120, render: (_, one) => <span className="num">{one.agreement.kappa?.toFixed(2) ?? "—"}</span> },
                { title: words.own, align: "right", width: 160, render: (_, one) => <ShareCell share={one.confirmed} /> },
                { title: words.others, align: "right", width: 160, render: (_, one) => <ShareCell share={one.others} /> },
                { title: words.before, align: "right", width: 160, render: (_, one) => <ShareCell share={one.before} /> },
                { title: words.changed, align: "right", width: 100, render: (_, one) => <span className="num">{one.changed.of ? `${one.changed.hits} / ${one.changed.of}` : "—"}</span> },
                {
                  title: words.drift, width: 190,
                  render: (_, one) => (
                    <span style={{ display: "inline-flex", gap: 4, flexWrap: "wrap" }}>
                      {one.drifts_from_others && <Mark tone="high">{words.fromOthers}</Mark>}
                      {one.drifts_from_before && <Mark tone="medium">{words.fromBefore}</Mark>}
                      {!one.drifts_from_others && !one.drifts_from_before && <span className="muted small">{words.steady}</span>}
                    </span>
                  ),
                },
              ]}
            />
          </Panel>
        </div>
      )}
    </>
  );
}

function ShareCell({ share: one }: { share: Share }) {
  return (
    <span className="num">
      {share(one.value, 0)}
      {one.low !== null && <span className="muted small"> ({share(one.low, 0)}–{share(one.high, 0)})</span>}
    </span>
  );
}

function courseOf(data: Found, names: string[]): EChartsOption {
  const rate = data.periods.map((one) => (one.agreement.pairs ? one.agreement.agreed / one.agreement.pairs : null));
  const series: [string, string, (number | null)[]][] = [
    [names[0] ?? "", "#0e5a6b", rate],
    [names[1] ?? "", "#b54708", data.periods.map((one) => one.agreement.kappa)],
    [names[2] ?? "", "#7fb7a0", data.periods.map((one) => one.confirmed.value)],
  ];
  return {
    animation: false,
    grid: { left: 40, right: 16, top: 32, bottom: 24 },
    legend: { top: 0, itemWidth: 14, itemHeight: 8, textStyle: { color: "#475863" } },
    tooltip: { trigger: "axis", valueFormatter: (value) => (typeof value === "number" ? value.toFixed(2) : "—") },
    xAxis: { type: "category", data: data.periods.map((one) => one.period), axisTick: { show: false }, axisLine: { lineStyle: { color: "#ccd5da" } }, axisLabel: { color: "#63727d" } },
    yAxis: { type: "value", max: 1, axisLabel: { color: "#63727d" }, splitLine: { lineStyle: { color: "#edf1f3" } } },
    series: series.map(([name, color, values]) => ({ type: "line", name, color, data: values, symbolSize: 6, connectNulls: true })),
  };
}
