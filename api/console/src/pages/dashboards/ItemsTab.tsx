import { Empty, Table, type TableColumnsType } from "antd";
import { api } from "@/api/client";
import { useLoad } from "@/api/useLoad";
import { ProblemView } from "@/components/ProblemView";
import { SeverityMark } from "@/components/marks";
import { ExportMenu } from "@/figures/ExportMenu";
import { NumberLink } from "@/figures/NumberLink";
import { Panel } from "@/figures/Panel";
import { useAsked } from "@/figures/Period";
import { share } from "@/figures/figure";
import { useTexts } from "@/i18n/language";
import type { ItemFigures } from "./api";
import { texts } from "./texts";

const RANK = { critical: 0, high: 1, medium: 2, low: 3 };

/** Item by item: how often it flagged, what people made of it, how right the machine was. */
export function ItemsTab() {
  const words = useTexts(texts);
  const [asked] = useAsked();
  const found = useLoad((signal) => api.get<{ items: ItemFigures[] }>("/v1/statistics/items", asked, { signal }), [asked]);
  if (found.problem && !found.data) return <ProblemView problem={found.problem} retry={found.reload} />;
  const rows = found.data?.items ?? [];
  const number = (title: string, part: keyof ItemFigures & string, link: string, width = 84) => ({
    title,
    align: "right" as const,
    width,
    sorter: (a: ItemFigures, b: ItemFigures) => Number(a[part]) - Number(b[part]),
    render: (_: unknown, one: ItemFigures) => <NumberLink n={Number(one[part])} link={one.links[link] ?? ""} title={`${one.title} ${title}`} />,
  });
  const columns: TableColumnsType<ItemFigures> = [
    {
      title: words.item, fixed: "left", width: 230, ellipsis: true,
      render: (_, one) => <><div className="ellipsis">{one.title}</div><span className="muted small mono">{one.item}</span></>,
    },
    {
      title: words.severity, width: 80, sorter: (a, b) => (RANK[a.severity] ?? 4) - (RANK[b.severity] ?? 4),
      render: (_, one) => (one.severity ? <SeverityMark severity={one.severity} /> : "—"),
    },
    { ...number(words.sessions, "sessions", "flagged", 92), defaultSortOrder: "descend" },
    number(words.fail, "fail", "fail"),
    number(words.review, "review", "review"),
    number(words.inconclusive, "inconclusive", "inconclusive", 92),
    number(words.confirmed, "confirmed", "confirmed"),
    number(words.overturned, "overturned", "overturned"),
    number(words.cannotTell, "cannot_tell", "cannot_tell", 96),
    number(words.missed, "missed", "missed", 92),
    {
      title: words.precision, align: "right", width: 150,
      sorter: (a, b) => (a.precision ?? -1) - (b.precision ?? -1),
      render: (_, one) => (
        <>
          <b className="num">{share(one.precision)}</b>
          {one.low !== null && <div className="muted small num">{share(one.low, 0)} – {share(one.high, 0)}</div>}
        </>
      ),
    },
    { title: words.failPrecision, align: "right", width: 120, render: (_, one) => <span className="num">{share(one.fail_precision)}</span> },
    { title: words.overturnRate, align: "right", width: 90, render: (_, one) => <span className="num">{share(one.overturn_rate)}</span> },
  ];
  const sheets = () => [
    {
      name: words.items,
      columns: ["ID", words.item, words.severity, words.sessions, words.fail, words.review, words.inconclusive, words.confirmed, words.overturned, words.cannotTell, words.missed, words.precision, words.failPrecision, words.overturnRate],
      rows: rows.map((one) => [one.item, one.title, one.severity, one.sessions, one.fail, one.review, one.inconclusive, one.confirmed, one.overturned, one.cannot_tell, one.missed, one.precision, one.fail_precision, one.overturn_rate]),
    },
  ];
  return (
    <Panel title={words.items} extra={<ExportMenu name="mingjian-items" sheets={sheets} disabled={!rows.length} />}>
      <Table<ItemFigures>
        size="small"
        rowKey="item"
        loading={found.loading}
        columns={columns}
        dataSource={rows}
        pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
        scroll={{ x: 1300 }}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.empty} /> }}
      />
    </Panel>
  );
}
