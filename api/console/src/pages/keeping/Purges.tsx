import { Button, Input, Segmented, Space } from "antd";
import dayjs from "dayjs";
import { api } from "@/api/client";
import { has, useMe } from "@/api/session";
import { useAddress } from "@/api/useAddress";
import { usePages } from "@/api/usePages";
import { PagedTable } from "@/components/PagedTable";
import { Mark } from "@/components/marks";
import { useTexts } from "@/i18n/language";
import type { Purge } from "./api";
import { texts } from "./texts";
import { useDeed } from "./useDeed";

const TONE = { requested: "high", refused: "low", done: "brand" } as const;
const STATES = ["requested", "done", "refused", "all"] as const;
type Which = (typeof STATES)[number];

/** Requests to remove sessions, for a second person to settle. */
export function Purges() {
  const words = useTexts(texts);
  const me = useMe();
  const maySettle = has(me, "compliance", "administrator");
  const [asked, ask] = useAddress();
  const state = STATES.find((one) => one === asked.get("state")) ?? "all";
  const pages = usePages<Purge>("/v1/keeping/purges", { state: state === "all" ? null : state });
  const deed = useDeed(pages.reload);
  const name = (one: Purge) => one.session_id.slice(-12);
  const approve = (one: Purge) =>
    deed({
      title: `${words.approve} ${name(one)}`,
      content: words.approveSure,
      ok: words.approve,
      danger: true,
      act: () => api.post(`/v1/keeping/purges/${one.id}/approve`),
      done: words.approved,
    });
  const refuse = (one: Purge) => {
    let note = "";
    deed({
      title: `${words.refuse} ${name(one)}`,
      content: <Input.TextArea rows={2} maxLength={2000} placeholder={words.refuseHint} aria-label={words.refuseHint} onChange={(event) => (note = event.target.value.trim())} />,
      ok: words.refuse,
      act: () => api.post(`/v1/keeping/purges/${one.id}/refuse`, { note: note || null }),
      done: words.refused,
    });
  };
  return (
    <>
      <div className="filters">
        <Segmented<Which>
          aria-label={words.state}
          value={state}
          options={[{ value: "all", label: words.all }, { value: "requested", label: words.state_requested }, { value: "done", label: words.state_done }, { value: "refused", label: words.state_refused }]}
          onChange={(value) => ask({ state: value === "all" ? undefined : value })}
        />
      </div>
      <PagedTable<Purge>
        pages={pages}
        rowKey="id"
        empty={words.emptyPurges}
        columns={[
          { title: words.session, width: 150, render: (_, one) => <span className="mono small">{name(one)}</span> },
          { title: words.state, width: 100, render: (_, one) => <Mark tone={TONE[one.state]}>{words[`state_${one.state}`]}</Mark> },
          { title: words.by, dataIndex: "requested_by", width: 140, ellipsis: true },
          { title: words.at, width: 150, render: (_, one) => <span className="num">{moment(one.requested_at)}</span> },
          { title: words.noted, dataIndex: "note", ellipsis: true, render: (note: string | null) => note ?? "—" },
          { title: words.settledBy, dataIndex: "approved_by", width: 140, ellipsis: true, render: (who: string | null) => who ?? "—" },
          { title: words.at, width: 150, render: (_, one) => <span className="num">{moment(one.approved_at)}</span> },
          ...(maySettle
            ? [{
                title: "", width: 190, align: "right" as const,
                render: (_: unknown, one: Purge) =>
                  one.state === "requested" && (
                    <Space size={6}>
                      {one.requested_by === me.name ? <span className="muted small">{words.ownRequest}</span> : <Button size="small" danger onClick={() => approve(one)}>{words.approve}</Button>}
                      <Button size="small" onClick={() => refuse(one)}>{words.refuse}</Button>
                    </Space>
                  ),
              }]
            : []),
        ]}
      />
    </>
  );
}

function moment(text: string | null): string {
  return text ? dayjs(text).format("YYYY-MM-DD HH:mm") : "—";
}
