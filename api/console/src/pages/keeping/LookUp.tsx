import { Alert, Button, Empty, Input, Skeleton, Table } from "antd";
import dayjs from "dayjs";
import { api } from "@/api/client";
import { has, useMe } from "@/api/session";
import { useAddress } from "@/api/useAddress";
import { useLoad } from "@/api/useLoad";
import { usePages } from "@/api/usePages";
import { PagedTable } from "@/components/PagedTable";
import { ProblemView } from "@/components/ProblemView";
import { Panel } from "@/figures/Panel";
import { useLanguage, useTexts } from "@/i18n/language";
import type { Hold, Kept } from "./api";
import { HoldMark } from "./HoldMark";
import { texts } from "./texts";
import { useDeed } from "./useDeed";
import { useEnding } from "./useEnding";
import { usePurging } from "./usePurging";

interface Session {
  id: string;
  created_at: string;
  recorded_at: string | null;
  policy_no: string | null;
  branch: string | null;
  product: string | null;
}

/** The sessions of a policy, and how each is kept. */
export function LookUp() {
  const words = useTexts(texts);
  const [asked, ask] = useAddress();
  const policy = asked.get("policy") ?? "";
  const chosen = asked.get("session");
  return (
    <>
      <div className="filters">
        <Input.Search key={policy} allowClear style={{ width: 300 }} placeholder={words.find} aria-label={words.policy} defaultValue={policy} onSearch={(text) => ask({ policy: text.trim(), session: undefined })} />
      </div>
      {policy ? (
        <div className="stack">
          <Sessions policy={policy} chosen={chosen} onChoose={(session) => ask({ session })} />
          {chosen && <KeptPanel key={chosen} id={chosen} name={policy} />}
        </div>
      ) : (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.start} />
      )}
    </>
  );
}

function Sessions({ policy, chosen, onChoose }: { policy: string; chosen: string | null; onChoose: (id: string) => void }) {
  const words = useTexts(texts);
  const pages = usePages<Session>("/v1/sessions", { policy_no: policy });
  return (
    <PagedTable<Session>
      pages={pages}
      rowKey="id"
      empty={words.none}
      rowClassName={(one) => (one.id === chosen ? "ant-table-row-selected" : "")}
      columns={[
        { title: words.session, width: 150, render: (_, one) => <span className="mono small">{one.id.slice(-12)}</span> },
        { title: words.policy, dataIndex: "policy_no", width: 180 },
        { title: words.branch, dataIndex: "branch", ellipsis: true, render: (branch: string | null) => branch ?? "—" },
        { title: words.received, width: 160, render: (_, one) => <span className="num">{dayjs(one.recorded_at ?? one.created_at).format("YYYY-MM-DD HH:mm")}</span> },
        { title: "", width: 90, align: "right", render: (_, one) => <Button size="small" type={one.id === chosen ? "primary" : "default"} onClick={() => onChoose(one.id)}>{words.look}</Button> },
      ]}
    />
  );
}

function KeptPanel({ id, name }: { id: string; name: string }) {
  const words = useTexts(texts);
  const { language } = useLanguage();
  const mayKeep = has(useMe(), "compliance", "administrator");
  const found = useLoad((signal) => api.get<Kept>(`/v1/keeping/sessions/${id}`, undefined, { signal }), [id]);
  const deed = useDeed(found.reload);
  const end = useEnding(found.reload);
  const purge = usePurging(found.reload);
  const place = () => {
    let reason = "";
    deed({
      title: words.placeTitle,
      content: <Input.TextArea rows={3} maxLength={2000} placeholder={words.placeHint} aria-label={words.placeHint} onChange={(event) => (reason = event.target.value.trim())} />,
      ok: words.place,
      ready: () => reason !== "",
      act: () => api.post(`/v1/keeping/sessions/${id}/holds`, { reason }),
      done: words.placed,
    });
  };
  if (found.problem && !found.data) return <ProblemView problem={found.problem} retry={found.reload} />;
  const kept = found.data;
  if (!kept) return <Skeleton active paragraph={{ rows: 4 }} />;
  return (
    <Panel
      title={words.keeping}
      hint={kept.purge_after ? `${words.keptUntil} ${dayjs(kept.purge_after).format("YYYY-MM-DD")}` : words.unknown}
      extra={mayKeep && <><Button onClick={place}>{words.place}</Button><Button danger disabled={!kept.may_go} onClick={() => purge(id, name)}>{words.ask}</Button></>}
    >
      <Alert
        type={kept.may_go ? "warning" : "info"}
        showIcon
        style={{ marginBottom: 12 }}
        message={kept.may_go ? words.mayGo : words.mayNot}
        description={kept.obstacles.length > 0 && <ul style={{ margin: 0, paddingLeft: 18 }}>{kept.obstacles.map((one, index) => <li key={`${one.code}${index}`}>{one[language]}</li>)}</ul>}
      />
      <Table<Hold>
        size="small"
        rowKey="id"
        pagination={false}
        dataSource={kept.holds}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.noHolds} /> }}
        columns={[
          { title: words.reason, dataIndex: "reason" },
          { title: words.placedBy, dataIndex: "placed_by", width: 130 },
          { title: words.at, width: 150, render: (_, one) => <span className="num">{dayjs(one.placed_at).format("YYYY-MM-DD HH:mm")}</span> },
          { title: words.state, width: 170, render: (_, one) => <HoldMark hold={one} /> },
          ...(mayKeep ? [{ title: "", width: 110, align: "right" as const, render: (_: unknown, one: Hold) => !one.dispute_ended_at && <Button size="small" onClick={() => end(one)}>{words.end}</Button> }] : []),
        ]}
      />
    </Panel>
  );
}
