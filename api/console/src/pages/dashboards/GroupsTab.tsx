import { Empty, Segmented, Table, type TableColumnsType } from "antd";
import { api } from "@/api/client";
import { has, useMe } from "@/api/session";
import { useAddress } from "@/api/useAddress";
import { useLoad } from "@/api/useLoad";
import { ProblemView } from "@/components/ProblemView";
import { ExportMenu } from "@/figures/ExportMenu";
import { NumberLink } from "@/figures/NumberLink";
import { Panel } from "@/figures/Panel";
import { useAsked } from "@/figures/Period";
import { count, told, type Figure, type Summary } from "@/figures/figure";
import { common } from "@/i18n/common";
import { useLanguage, useTexts } from "@/i18n/language";
import { texts } from "./texts";

const SHOWN = ["inspected", "flagged", "unusable", "first_pass", "repeated", "in_time", "appealed", "appeal_upheld", "handled", "handled_in_time"];
type By = "branch" | "agent" | "scenario";
type Row = Summary["rows"][number];

/** The measures of every branch, salesperson or scenario. */
export function GroupsTab() {
  const words = useTexts(texts);
  const names = useTexts(common);
  const { language } = useLanguage();
  const isBranch = has(useMe(), "branch");
  const [query, ask] = useAddress();
  const by = (query.get("by") as By | null) ?? (isBranch ? "agent" : "branch");
  const [asked] = useAsked();
  const found = useLoad((signal) => api.get<Summary>("/v1/statistics/summary", { ...asked, by }, { signal }), [asked, by]);
  if (found.problem && !found.data) return <ProblemView problem={found.problem} retry={found.reload} />;
  const measures = (found.data?.measures ?? []).filter((one) => SHOWN.includes(one.id));
  const rows = found.data?.rows ?? [];
  const nameOf = (row: Row) =>
    row.name && by === "scenario" && row.name in names ? (names[row.name as keyof typeof names] as string) : (row.name ?? "—");
  const figureOf = (row: Row, id: string) => row.figures.find((one) => one.id === id);
  const columns: TableColumnsType<Row> = [
    { title: words[by], fixed: "left", width: 170, ellipsis: true, render: (_, row) => nameOf(row) },
    ...measures.map((measure) => ({
      title: measure[language],
      align: "right" as const,
      width: 112,
      defaultSortOrder: measure.id === "inspected" ? ("descend" as const) : null,
      sorter: (a: Row, b: Row) => sortable(figureOf(a, measure.id)) - sortable(figureOf(b, measure.id)),
      render: (_: unknown, row: Row) => {
        const figure = figureOf(row, measure.id);
        if (!figure) return "—";
        const isCount = measure.id === "inspected";
        return (
          <>
            <NumberLink n={figure.of} link={figure.hits ? figure.sessions : figure.sessions_of} title={`${nameOf(row)} ${measure[language]}`}>
              {isCount ? count(figure.hits) : told(figure, measure.unit, language)}
            </NumberLink>
            {!isCount && figure.of > 0 && <div className="muted small num">{count(figure.hits)} / {count(figure.of)}</div>}
          </>
        );
      },
    })),
  ];
  const sheets = () => [
    {
      name: words[by],
      columns: [words[by], ...measures.flatMap((one) => [one[language], `${one[language]} ${words.hits}`, `${one[language]} ${words.of}`])],
      rows: rows.map((row) => [nameOf(row), ...measures.flatMap((one) => {
        const figure = figureOf(row, one.id);
        return [figure?.value ?? null, figure?.hits ?? null, figure?.of ?? null];
      })]),
    },
  ];
  return (
    <Panel
      title={words.groups}
      extra={
        <>
          <Segmented<By>
            aria-label={words.groupBy}
            value={by}
            options={(isBranch ? ["agent", "scenario"] as const : ["branch", "agent", "scenario"] as const).map((one) => ({ value: one, label: words[one] }))}
            onChange={(value) => ask({ by: value })}
          />
          <ExportMenu name={`mingjian-${by}`} sheets={sheets} disabled={!rows.length} />
        </>
      }
    >
      <Table<Row>
        size="small"
        rowKey={(row) => row.name ?? ""}
        loading={found.loading}
        columns={columns}
        dataSource={rows}
        pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
        scroll={{ x: 1250 }}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.empty} /> }}
      />
    </Panel>
  );
}

function sortable(figure: Figure | undefined): number {
  if (!figure) return -1;
  return figure.id === "inspected" ? figure.hits : (figure.value ?? -1);
}
