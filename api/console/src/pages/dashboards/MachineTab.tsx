import { Empty, Skeleton, Table } from "antd";
import type { EChartsOption } from "echarts";
import { useMemo } from "react";
import { useNavigate } from "react-router-dom";
import { api } from "@/api/client";
import { useLoad } from "@/api/useLoad";
import { Chart } from "@/components/Chart";
import { ProblemView } from "@/components/ProblemView";
import { ExportMenu } from "@/figures/ExportMenu";
import { NumberLink } from "@/figures/NumberLink";
import { Panel } from "@/figures/Panel";
import { useAsked } from "@/figures/Period";
import { count, listAddress, share } from "@/figures/figure";
import { useTexts } from "@/i18n/language";
import type { ItemFigures, Sampling } from "./api";
import { texts } from "./texts";

const MOST = 16;

/** How far the machine can be trusted: precision by people's decisions, misses by blind samples. */
export function MachineTab() {
  const words = useTexts(texts);
  const go = useNavigate();
  const [asked] = useAsked();
  const found = useLoad((signal) => api.get<Sampling>("/v1/statistics/sampling", asked, { signal }), [asked]);
  const items = useLoad((signal) => api.get<{ items: ItemFigures[] }>("/v1/statistics/items", asked, { signal }), [asked]);
  const judged = useMemo(
    () => (items.data?.items ?? []).filter((one) => one.precision !== null).sort((a, b) => (a.precision ?? 0) - (b.precision ?? 0)).slice(0, MOST).reverse(),
    [items.data],
  );
  if (found.problem && !found.data) return <ProblemView problem={found.problem} retry={found.reload} />;
  if (!found.data) return <Skeleton active paragraph={{ rows: 6 }} />;
  const one = found.data;
  const sheets = () => [
    {
      name: words.byRule,
      columns: ["ID", words.item, words.sampled, words.missedIn, words.missRate, words.interval, "", words.passedBy, words.estimated],
      rows: one.items.map((row) => [row.item, row.title, row.sampled, row.missed, row.share, row.low, row.high, row.passed, row.estimated]),
    },
    {
      name: words.precision,
      columns: ["ID", words.item, words.confirmed, words.overturned, words.precision],
      rows: (items.data?.items ?? []).map((row) => [row.item, row.title, row.confirmed, row.overturned, row.precision]),
    },
  ];
  return (
    <div className="stack">
      <Panel title={words.missRate} hint={words.missRateHint} extra={<ExportMenu name="mingjian-machine" sheets={sheets} />}>
        <div className="tiles" style={{ marginBottom: 0 }}>
          <div className="tile">
            <span className="tile-name">{words.missRate}</span>
            <span className="tile-value num">{share(one.share)}</span>
            <span className="tile-foot num">{one.low === null ? "—" : `${words.interval} ${share(one.low)} – ${share(one.high)}`}</span>
          </div>
          <div className="tile">
            <span className="tile-name">{words.sampled}</span>
            <span className="tile-value"><NumberLink n={one.sampled} link={one.sessions} title={words.sampled} /></span>
          </div>
          <div className="tile">
            <span className="tile-name">{words.missedIn}</span>
            <span className="tile-value"><NumberLink n={one.missed} link={one.sessions.replace("part=of", "part=hits")} title={words.missedIn} /></span>
            {one.unnamed > 0 && <span className="tile-foot">{words.unnamed(String(one.unnamed))}</span>}
          </div>
          <div className="tile">
            <span className="tile-name">{words.estimated}</span>
            <span className="tile-value num">{one.estimated === null ? "—" : count(one.estimated)}</span>
            <span className="tile-foot num">{words.clearSessions} {count(one.clear)}</span>
          </div>
        </div>
      </Panel>
      <div className="two" style={{ marginBottom: 0 }}>
        <Panel title={words.precision} hint={words.topItemsHint}>
          {judged.length ? (
            <Chart
              height={Math.max(180, judged.length * 26 + 50)}
              label={words.precision}
              option={precisionOf(judged)}
              onPick={({ dataIndex }) => {
                const picked = judged[dataIndex];
                if (picked?.links.overturned) go(listAddress(picked.links.overturned, `${picked.title} ${words.overturned}`));
              }}
            />
          ) : (
            <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.nobodyYet} />
          )}
        </Panel>
        <Panel title={words.byRule}>
          <Table
            size="small"
            rowKey="item"
            dataSource={one.items.filter((row) => row.missed > 0 || row.sampled > 0)}
            pagination={{ pageSize: 12, hideOnSinglePage: true, showSizeChanger: false }}
            locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.empty} /> }}
            columns={[
              { title: words.item, dataIndex: "title", ellipsis: true },
              { title: words.sampled, dataIndex: "sampled", align: "right", width: 96 },
              { title: words.missedIn, dataIndex: "missed", align: "right", width: 96, render: (n: number) => <b className={`num${n ? " bad-number" : ""}`}>{n}</b> },
              { title: words.interval, align: "right", width: 130, render: (_, row) => <span className="num muted">{row.low === null ? "—" : `${share(row.low, 0)} – ${share(row.high, 0)}`}</span> },
            ]}
          />
        </Panel>
      </div>
    </div>
  );
}

function precisionOf(items: ItemFigures[]): EChartsOption {
  return {
    animation: false,
    grid: { left: 8, right: 40, top: 6, bottom: 4, containLabel: true },
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, valueFormatter: (value) => share(typeof value === "number" ? value : null) },
    xAxis: { type: "value", min: 0, max: 1, axisLabel: { color: "#63727d", formatter: (value: number) => `${Math.round(value * 100)}%` }, splitLine: { lineStyle: { color: "#edf1f3" } } },
    yAxis: { type: "category", data: items.map((one) => one.title), axisTick: { show: false }, axisLine: { show: false }, axisLabel: { color: "#1b2a33", width: 190, overflow: "truncate" } },
    series: [
      {
        type: "bar",
        barMaxWidth: 14,
        data: items.map((one) => ({ value: one.precision ?? 0, itemStyle: { color: (one.precision ?? 0) < 0.5 ? "#c8685f" : "#0e5a6b" } })),
        label: { show: true, position: "right", color: "#475863", formatter: ({ value }) => share(typeof value === "number" ? value : null, 0) },
      },
    ],
  };
}
