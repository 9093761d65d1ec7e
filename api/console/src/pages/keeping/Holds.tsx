import { Button, Segmented } from "antd";
import dayjs from "dayjs";
import { Link } from "react-router-dom";
import { has, useMe } from "@/api/session";
import { useAddress } from "@/api/useAddress";
import { usePages } from "@/api/usePages";
import { PagedTable } from "@/components/PagedTable";
import { useTexts } from "@/i18n/language";
import type { Held } from "./api";
import { HoldMark } from "./HoldMark";
import { texts } from "./texts";
import { useEnding } from "./useEnding";

/** Sessions that are held for a complaint or lawsuit. */
export function Holds() {
  const words = useTexts(texts);
  const mayEnd = has(useMe(), "compliance", "administrator");
  const [asked, ask] = useAddress();
  const all = asked.get("holds") === "all";
  const pages = usePages<Held>("/v1/keeping/holds", { standing: !all });
  const end = useEnding(pages.reload);
  return (
    <>
      <div className="filters">
        <Segmented
          aria-label={words.holds}
          value={all ? "all" : "standing"}
          options={[{ value: "standing", label: words.standing }, { value: "all", label: words.everyHold }]}
          onChange={(value) => ask({ holds: value === "all" ? "all" : undefined })}
        />
      </div>
      <PagedTable<Held>
        pages={pages}
        rowKey="id"
        empty={words.emptyHolds}
        columns={[
          { title: words.policy, width: 170, render: (_, one) => (one.policy_no ? <Link className="figure-link" to={`/keeping?tab=policy&policy=${encodeURIComponent(one.policy_no)}&session=${one.session_id}`}>{one.policy_no}</Link> : "—") },
          { title: words.branch, dataIndex: "branch", width: 160, ellipsis: true, render: (branch: string | null) => branch ?? "—" },
          { title: words.reason, dataIndex: "reason", ellipsis: true },
          { title: words.placedBy, dataIndex: "placed_by", width: 120, ellipsis: true },
          { title: words.at, width: 150, render: (_, one) => <span className="num">{dayjs(one.placed_at).format("YYYY-MM-DD HH:mm")}</span> },
          { title: words.state, width: 160, render: (_, one) => <HoldMark hold={one} /> },
          ...(mayEnd ? [{ title: "", width: 110, align: "right" as const, render: (_: unknown, one: Held) => !one.dispute_ended_at && <Button size="small" onClick={() => end(one)}>{words.end}</Button> }] : []),
        ]}
      />
    </>
  );
}
