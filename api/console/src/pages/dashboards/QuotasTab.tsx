import { DatePicker, Empty, Table } from "antd";
import dayjs from "dayjs";
import { address, api } from "@/api/client";
import { useAddress } from "@/api/useAddress";
import { useLoad } from "@/api/useLoad";
import { ProblemView } from "@/components/ProblemView";
import { ExportMenu } from "@/figures/ExportMenu";
import { NumberLink } from "@/figures/NumberLink";
import { Panel } from "@/figures/Panel";
import { share } from "@/figures/figure";
import { useTexts } from "@/i18n/language";
import type { Coverage, Quotas } from "./api";
import { texts } from "./texts";

type Part = "sold" | "done" | "late" | "undated" | "waiting" | "lost";

/** How the quotas of a month of sale stand, and what is missing. */
export function QuotasTab() {
  const words = useTexts(texts);
  const [query, ask] = useAddress();
  const period = query.get("month") ?? dayjs().format("YYYY-MM");
  const found = useLoad((signal) => api.get<Quotas>("/v1/quotas", { period }, { signal }), [period]);
  if (found.problem && !found.data) return <ProblemView problem={found.problem} retry={found.reload} />;
  const rows = found.data?.coverage ?? [];
  const linkOf = (one: Coverage, part: Part) =>
    address("/v1/quotas/sessions", { quota: one.quota, insurer: one.insurer, branch: one.branch, period: one.period, part });
  const number = (title: string, part: Part, width = 96) => ({
    title,
    align: "right" as const,
    width,
    render: (_: unknown, one: Coverage) => <NumberLink n={one[part]} link={linkOf(one, part)} title={`${one.title} ${one.branch} ${title}`} />,
  });
  const sheets = () => [
    {
      name: words.quotas,
      columns: [words.quota, words.basis, words.insurer, words.branch, words.month, words.sold, words.required, words.done, words.late, words.undated, words.waitingQuota, words.lost, words.ratio, words.shortfall],
      rows: rows.map((one) => [one.title, one.basis, one.insurer, one.branch, one.period, one.sold, one.required, one.done, one.late, one.undated, one.waiting, one.lost, one.ratio, one.shortfall]),
    },
  ];
  return (
    <Panel
      title={words.quotas}
      hint={found.data ? `${words.shortfall} ${found.data.shortfall}` : undefined}
      extra={
        <>
          <DatePicker
            picker="month"
            allowClear={false}
            aria-label={words.month}
            value={dayjs(`${period}-01`)}
            onChange={(month) => month && ask({ month: month.format("YYYY-MM") })}
          />
          <ExportMenu name={`mingjian-quotas-${period}`} sheets={sheets} disabled={!rows.length} />
        </>
      }
    >
      <Table<Coverage>
        size="small"
        rowKey={(one) => `${one.quota}/${one.insurer}/${one.branch}`}
        loading={found.loading}
        dataSource={rows}
        pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.quotaEmpty} /> }}
        columns={[
          { title: words.quota, render: (_, one) => <>{one.title}<div className="muted small mono">{one.basis}</div></> },
          { title: words.insurer, dataIndex: "insurer", ellipsis: true },
          { title: words.branch, dataIndex: "branch", ellipsis: true },
          number(words.sold, "sold", 80),
          { title: words.required, align: "right", width: 90, render: (_, one) => <span className="num">{one.required ?? words.noRatio}</span> },
          number(words.done, "done"),
          number(words.late, "late"),
          number(words.undated, "undated"),
          number(words.waitingQuota, "waiting", 80),
          number(words.lost, "lost"),
          {
            title: words.ratio, width: 130,
            render: (_, one) => (
              <>
                <span className="num small">{share(one.ratio)}</span>
                <span className="bar"><i className={one.shortfall ? "bad" : ""} style={{ width: `${Math.min(100, one.ratio * 100)}%` }} /></span>
              </>
            ),
          },
          {
            title: words.shortfall, align: "right", width: 110,
            render: (_, one) => (
              <>
                <b className={`num${one.shortfall ? " bad-number" : ""}`}>{one.shortfall}</b>
                {one.beyond_reach > 0 && <div className="small bad-number">{words.beyondReach(String(one.beyond_reach))}</div>}
              </>
            ),
          },
        ]}
      />
    </Panel>
  );
}
