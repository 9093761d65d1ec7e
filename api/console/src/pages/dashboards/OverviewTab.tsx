import { Empty, Skeleton, Table } from "antd";
import type { EChartsOption } from "echarts";
import { useMemo } from "react";
import { Link, useNavigate } from "react-router-dom";
import { api } from "@/api/client";
import { has, useMe } from "@/api/session";
import { useLoad } from "@/api/useLoad";
import { Chart } from "@/components/Chart";
import { ProblemView } from "@/components/ProblemView";
import { ExportMenu } from "@/figures/ExportMenu";
import { NumberLink } from "@/figures/NumberLink";
import { Panel } from "@/figures/Panel";
import { useAsked } from "@/figures/Period";
import { count, listAddress, share, told, type Figure, type Measure, type Summary } from "@/figures/figure";
import { figureTexts } from "@/figures/texts";
import { useLanguage, useTexts } from "@/i18n/language";
import type { ItemFigures, Waiting, Workload } from "./api";
import { texts } from "./texts";

const TILES = ["inspected", "flagged", "first_pass", "in_time", "appealed", "changed", "missed", "review_seconds", "callback_reached", "handled_in_time"];
const TOP = 10;

export function OverviewTab({ office }: { office: boolean }) {
  return (
    <div className="stack">
      {office && <WaitingPanel />}
      <Figures />
    </div>
  );
}

/** What waits for people now, by the time that is left. */
function WaitingPanel() {
  const words = useTexts(texts);
  const me = useMe();
  const [{ branch }] = useAsked();
  const found = useLoad((signal) => api.get<Workload>("/v1/statistics/workload", { branch }, { signal }), [branch]);
  if (found.problem && !found.data) return <ProblemView problem={found.problem} retry={found.reload} />;
  if (!found.data) return <Skeleton active paragraph={{ rows: 3 }} />;
  const all = found.data.overall;
  const opens = has(me, "senior_reviewer", "compliance", "auditor");
  const at = (query: string) => `/queue?${branch ? `branch=${encodeURIComponent(branch)}&` : ""}${query}`;
  const tiles: [string, number, string, boolean][] = [
    [words.pending, all.pending, at(""), false],
    [words.overdue, all.overdue, at("due=overdue"), all.overdue > 0],
    [words.today, all.today, at("due=today"), false],
    [words.week, all.week, at("due=week"), false],
    [words.appealed, all.appealed, at("state=appealed"), false],
  ];
  const reasonName = (row: Waiting) => words[`reason_${row.name ?? "flagged"}` as "reason_flagged"] ?? row.name ?? "—";
  return (
    <Panel title={words.waiting} hint={words.waitingHint}>
      <div className="tiles">
        {tiles.map(([name, n, to, bad]) => (
          <div className="tile" key={name}>
            <span className="tile-name">{name}</span>
            {opens ? (
              <Link to={to} className={`tile-value num figure-link${bad ? " bad" : ""}`} aria-label={`${name} ${n}`}>{count(n)}</Link>
            ) : (
              <span className={`tile-value num${bad ? " bad" : ""}`}>{count(n)}</span>
            )}
          </div>
        ))}
      </div>
      <div className="three">
        <WaitingTable title={words.byPerson} opens={opens} rows={found.data.people} nameOf={(row) => row.name ?? words.nobody} to={(row) => (row.name ? at(`assignee=${encodeURIComponent(row.name)}`) : at("state=open"))} />
        <WaitingTable title={words.byBranch} opens={opens} rows={found.data.branches} nameOf={(row) => row.name ?? "—"} to={(row) => (row.name ? `/queue?branch=${encodeURIComponent(row.name)}` : "/queue")} />
        <WaitingTable title={words.byReason} opens={opens} rows={found.data.reasons} nameOf={reasonName} to={(row) => at(`reason=${row.name ?? "flagged"}`)} />
      </div>
    </Panel>
  );
}

function WaitingTable({ title, opens, rows, nameOf, to }: { title: string; opens: boolean; rows: Waiting[]; nameOf: (row: Waiting) => string; to: (row: Waiting) => string }) {
  const words = useTexts(texts);
  return (
    <Table<Waiting>
      size="small"
      rowKey={(row) => row.name ?? ""}
      dataSource={rows.slice(0, 8)}
      pagination={false}
      locale={{ emptyText: "—" }}
      columns={[
        { title, ellipsis: true, render: (_, row) => (opens ? <Link className="figure-link" to={to(row)}>{nameOf(row)}</Link> : nameOf(row)) },
        { title: words.pending, align: "right", width: 82, render: (_, row) => <span className="num">{row.pending}</span> },
        {
          title: words.overdue, align: "right", width: 76,
          render: (_, row) => <span className={`num${row.overdue ? " bad-number" : " muted"}`}>{row.overdue}</span>,
        },
      ]}
    />
  );
}

function Figures() {
  const words = useTexts(texts);
  const figureWords = useTexts(figureTexts);
  const { language } = useLanguage();
  const go = useNavigate();
  const [asked] = useAsked();
  const found = useLoad((signal) => api.get<Summary>("/v1/statistics/summary", { ...asked, by: "day" }, { signal }), [asked]);
  const items = useLoad((signal) => api.get<{ items: ItemFigures[] }>("/v1/statistics/items", asked, { signal }), [asked]);
  const summary = found.data;
  const top = useMemo(
    () => [...(items.data?.items ?? [])].sort((a, b) => b.sessions - a.sessions).slice(0, TOP).filter((one) => one.sessions),
    [items.data],
  );
  if (found.problem && !summary) return <ProblemView problem={found.problem} retry={found.reload} />;
  if (!summary) return <Skeleton active paragraph={{ rows: 8 }} />;
  const figures = new Map(summary.overall.map((one) => [one.id, one]));
  const measures = new Map(summary.measures.map((one) => [one.id, one]));
  const sheets = () => [
    {
      name: words.details,
      columns: [words.measure, words.value, words.hits, words.of],
      rows: summary.overall.map((one) => [measures.get(one.id)?.[language] ?? one.id, one.value, one.hits, one.of]),
    },
    {
      name: words.course,
      columns: [figureWords.period, ...summary.measures.map((one) => one[language])],
      rows: summary.rows.map((row) => [row.name, ...row.figures.map((one) => one.value)]),
    },
  ];
  return (
    <>
      <div className="tiles" style={{ marginBottom: 0 }}>
        {TILES.map((id) => {
          const figure = figures.get(id);
          const measure = measures.get(id);
          return figure && measure ? <Tile key={id} figure={figure} measure={measure} /> : null;
        })}
      </div>
      <div className="two" style={{ marginBottom: 0 }}>
        <Panel title={words.course} hint={words.courseHint}>
          <Chart
            height={260}
            label={words.course}
            option={courseOf(summary, measures, language)}
            onPick={({ dataIndex, seriesName }) => {
              const row = summary.rows[dataIndex];
              const figure = row?.figures.find((one) => measures.get(one.id)?.[language] === seriesName);
              if (figure) go(listAddress(figure.sessions, `${row?.name} ${seriesName}`));
            }}
          />
        </Panel>
        <Panel title={words.topItems} hint={words.topItemsHint}>
          {top.length ? (
            <Chart
              height={260}
              label={words.topItems}
              option={topOf(top, [words.fail, words.review, words.inconclusive])}
              onPick={({ dataIndex }) => {
                const one = [...top].reverse()[dataIndex];
                if (one?.links.flagged) go(listAddress(one.links.flagged, one.title));
              }}
            />
          ) : (
            <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.empty} />
          )}
        </Panel>
      </div>
      <Panel title={words.details} extra={<ExportMenu name="mingjian-overview" sheets={sheets} />}>
        <Table
          size="small"
          rowKey="id"
          pagination={false}
          dataSource={summary.overall}
          columns={[
            { title: words.measure, render: (_, one: Figure) => measures.get(one.id)?.[language] ?? one.id },
            { title: words.value, align: "right", width: 120, render: (_, one: Figure) => <b className="num">{told(one, measures.get(one.id)?.unit ?? "share", language)}</b> },
            {
              title: words.interval, align: "right", width: 150,
              render: (_, one: Figure) => <span className="num muted">{one.low === null ? "—" : `${share(one.low)} – ${share(one.high)}`}</span>,
            },
            {
              title: words.hits, align: "right", width: 110,
              render: (_, one: Figure) =>
                measures.get(one.id)?.unit === "share" ? (
                  <NumberLink n={one.hits} link={one.sessions} title={measures.get(one.id)?.[language] ?? one.id} />
                ) : (
                  <span className="muted">—</span>
                ),
            },
            {
              title: words.of, align: "right", width: 110,
              render: (_, one: Figure) => <NumberLink n={one.of} link={one.sessions_of} title={measures.get(one.id)?.[language] ?? one.id} />,
            },
          ]}
        />
      </Panel>
    </>
  );
}

function Tile({ figure, measure }: { figure: Figure; measure: Measure }) {
  const words = useTexts(figureTexts);
  const { language } = useLanguage();
  const isCount = figure.id === "inspected";
  const text = isCount ? count(figure.hits) : told(figure, measure.unit, language);
  const n = measure.unit === "share" ? figure.hits : figure.of;
  return (
    <div className="tile">
      <span className="tile-name">{measure[language]}</span>
      <span className="tile-value">
        <NumberLink n={figure.of} link={measure.unit === "share" && n ? figure.sessions : figure.sessions_of} title={measure[language]}>{text}</NumberLink>
      </span>
      <span className="tile-foot num">
        {measure.unit === "share" ? words.ofWhich(count(figure.hits), count(figure.of)) : `n = ${count(figure.of)}`}
        {figure.low !== null && !isCount && ` · ${share(figure.low, 0)}–${share(figure.high, 0)}`}
      </span>
    </div>
  );
}

const COURSE: [string, string][] = [
  ["clear", "#7fb7a0"],
  ["flagged", "#d99a5b"],
  ["unusable", "#c8685f"],
];

function courseOf(summary: Summary, measures: Map<string, Measure>, language: "zh" | "en"): EChartsOption {
  const of = (row: Summary["rows"][number], id: string) => row.figures.find((one) => one.id === id);
  return {
    animation: false,
    grid: { left: 40, right: 44, top: 34, bottom: 26 },
    legend: { top: 0, itemWidth: 12, itemHeight: 8, textStyle: { color: "#475863" } },
    tooltip: { trigger: "axis" },
    xAxis: { type: "category", data: summary.rows.map((row) => (row.name ?? "").slice(5)), axisTick: { show: false }, axisLine: { lineStyle: { color: "#ccd5da" } }, axisLabel: { color: "#63727d" } },
    yAxis: [
      { type: "value", minInterval: 1, axisLabel: { color: "#63727d" }, splitLine: { lineStyle: { color: "#edf1f3" } } },
      { type: "value", min: 0, max: 1, axisLabel: { color: "#63727d", formatter: (value: number) => `${Math.round(value * 100)}%` }, splitLine: { show: false } },
    ],
    series: [
      ...COURSE.map(([id, color]) => ({
        type: "bar" as const,
        stack: "verdict",
        name: measures.get(id)?.[language] ?? id,
        color,
        barMaxWidth: 18,
        data: summary.rows.map((row) => of(row, id)?.hits ?? 0),
      })),
      {
        type: "line",
        name: measures.get("first_pass")?.[language] ?? "",
        yAxisIndex: 1,
        color: "#0e5a6b",
        symbolSize: 5,
        connectNulls: false,
        tooltip: { valueFormatter: (value) => share(typeof value === "number" ? value : null) },
        data: summary.rows.map((row) => of(row, "first_pass")?.value ?? null),
      },
    ],
  };
}

const KINDS: ["fail" | "review" | "inconclusive", string][] = [
  ["fail", "#c8685f"],
  ["review", "#d99a5b"],
  ["inconclusive", "#d6c184"],
];

function topOf(items: ItemFigures[], names: string[]): EChartsOption {
  const rows = [...items].reverse();
  return {
    animation: false,
    grid: { left: 8, right: 20, top: 30, bottom: 4, containLabel: true },
    legend: { top: 0, itemWidth: 12, itemHeight: 8, textStyle: { color: "#475863" } },
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" } },
    xAxis: { type: "value", minInterval: 1, axisLabel: { color: "#63727d" }, splitLine: { lineStyle: { color: "#edf1f3" } } },
    yAxis: {
      type: "category",
      data: rows.map((one) => one.title),
      axisTick: { show: false },
      axisLine: { show: false },
      axisLabel: { color: "#1b2a33", width: 170, overflow: "truncate" },
    },
    series: KINDS.map(([kind, color], at) => ({
      type: "bar",
      stack: "kind",
      name: names[at] ?? kind,
      color,
      barMaxWidth: 14,
      data: rows.map((one) => one[kind]),
    })),
  };
}
