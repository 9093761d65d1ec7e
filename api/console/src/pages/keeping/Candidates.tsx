import { Button } from "antd";
import dayjs from "dayjs";
import { has, useMe } from "@/api/session";
import { usePages } from "@/api/usePages";
import { PagedTable } from "@/components/PagedTable";
import { useTexts } from "@/i18n/language";
import type { Candidate } from "./api";
import { texts } from "./texts";
import { usePurging } from "./usePurging";

/** Sessions whose keeping has ended and that nothing holds. */
export function Candidates() {
  const words = useTexts(texts);
  const mayAsk = has(useMe(), "compliance", "administrator");
  const pages = usePages<Candidate>("/v1/keeping/candidates");
  const purge = usePurging(pages.reload);
  return (
    <PagedTable<Candidate>
      pages={pages}
      rowKey="session_id"
      empty={words.emptyCandidates}
      columns={[
        { title: words.policy, width: 200, render: (_, one) => <b>{one.policy_no ?? "—"}</b> },
        { title: words.session, width: 150, render: (_, one) => <span className="mono small">{one.session_id.slice(-12)}</span> },
        { title: words.branch, dataIndex: "branch", ellipsis: true, render: (branch: string | null) => branch ?? "—" },
        { title: words.received, width: 130, render: (_, one) => <span className="num">{dayjs(one.created_at).format("YYYY-MM-DD")}</span> },
        { title: words.keptUntil, width: 130, render: (_, one) => <span className="num">{dayjs(one.purge_after).format("YYYY-MM-DD")}</span> },
        ...(mayAsk
          ? [{ title: "", width: 120, align: "right" as const, render: (_: unknown, one: Candidate) => <Button size="small" danger onClick={() => purge(one.session_id, one.policy_no ?? one.session_id.slice(-12))}>{words.ask}</Button> }]
          : []),
      ]}
    />
  );
}
