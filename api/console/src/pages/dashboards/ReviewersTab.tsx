import { Empty, Table } from "antd";
import { Link } from "react-router-dom";
import { api } from "@/api/client";
import { useLoad } from "@/api/useLoad";
import { ProblemView } from "@/components/ProblemView";
import { ExportMenu } from "@/figures/ExportMenu";
import { NumberLink } from "@/figures/NumberLink";
import { Panel } from "@/figures/Panel";
import { useAsked } from "@/figures/Period";
import { share, span } from "@/figures/figure";
import { useLanguage, useTexts } from "@/i18n/language";
import type { Reviewers } from "./api";
import { texts } from "./texts";

/** Reviewers: how many, how long, what they decide, how often another person came to something else. */
export function ReviewersTab() {
  const words = useTexts(texts);
  const { language } = useLanguage();
  const [asked] = useAsked();
  const found = useLoad((signal) => api.get<Reviewers>("/v1/statistics/reviewers", asked, { signal }), [asked]);
  if (found.problem && !found.data) return <ProblemView problem={found.problem} retry={found.reload} />;
  const rows = found.data?.items ?? [];
  const sheets = () => [
    {
      name: words.reviewers,
      columns: [words.reviewer, words.reviews, words.secondsEach, words.shareOfLength, words.confirmed, words.overturned, words.cannotTell, words.judged, words.changed],
      rows: rows.map((one) => [one.name, one.reviews, one.seconds, one.share, one.confirmed, one.overturned, one.cannot_tell, one.judged, one.changed]),
    },
  ];
  return (
    <div className="stack">
      <Panel
        title={words.reviewers}
        hint={
          found.data && (
            <Link className="figure-link" to="/calibration">
              {words.agreement} {found.data.agreed} / {found.data.pairs} · {words.kappa} {found.data.kappa?.toFixed(2) ?? "—"}
            </Link>
          )
        }
        extra={<ExportMenu name="mingjian-reviewers" sheets={sheets} disabled={!rows.length} />}
      >
        <Table
          size="small"
          rowKey="name"
          loading={found.loading}
          dataSource={rows}
          pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
          locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.nobodyYet} /> }}
          columns={[
            { title: words.reviewer, dataIndex: "name" },
            { title: words.reviews, align: "right", width: 100, defaultSortOrder: "descend", sorter: (a, b) => a.reviews - b.reviews, render: (_, one) => <NumberLink n={one.reviews} link={one.sessions} title={`${one.name} ${words.reviews}`} /> },
            { title: words.secondsEach, align: "right", width: 120, sorter: (a, b) => (a.seconds ?? 0) - (b.seconds ?? 0), render: (_, one) => <span className="num">{span(one.seconds, language)}</span> },
            { title: words.shareOfLength, align: "right", width: 130, sorter: (a, b) => (a.share ?? 0) - (b.share ?? 0), render: (_, one) => <span className="num">{share(one.share)}</span> },
            { title: words.confirmed, dataIndex: "confirmed", align: "right", width: 90 },
            { title: words.overturned, dataIndex: "overturned", align: "right", width: 90 },
            { title: words.cannotTell, dataIndex: "cannot_tell", align: "right", width: 110 },
            { title: words.judged, dataIndex: "judged", align: "right", width: 100 },
            { title: words.changed, align: "right", width: 120, render: (_, one) => <span className={`num${one.changed ? " bad-number" : ""}`}>{one.changed}{one.judged ? ` (${share(one.changed / one.judged, 0)})` : ""}</span> },
          ]}
        />
      </Panel>
    </div>
  );
}
