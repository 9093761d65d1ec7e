import { Alert, App, Button, Input, Modal, Select, Skeleton, Tabs } from "antd";
import { useState } from "react";
import { Link, useNavigate, useParams } from "react-router-dom";
import { api } from "@/api/client";
import { asProblem } from "@/api/problem";
import { has, useMe } from "@/api/session";
import { useAddress } from "@/api/useAddress";
import { useLoad } from "@/api/useLoad";
import { PageHead } from "@/components/PageHead";
import { ProblemView } from "@/components/ProblemView";
import { Mark } from "@/components/marks";
import { useLanguage, useTexts } from "@/i18n/language";
import { BacktestTab } from "./BacktestTab";
import { EditTab } from "./EditTab";
import { HistoryTab } from "./HistoryTab";
import { ReadTab } from "./ReadTab";
import type { RuleSet as Found, Version } from "./api";
import { texts } from "./texts";
import "./rulesets.css";

const TONE = { builtin: "low", draft: "medium", proposed: "high", published: "good", withdrawn: "low" } as const;

/** One rule set: read, changed, tried, published by two people, and what it was before. */
export default function RuleSet() {
  const words = useTexts(texts);
  const { name = "" } = useParams();
  const [query, go] = useAddress();
  const me = useMe();
  const version = query.get("version") ? Number(query.get("version")) : null;
  const author = has(me, "compliance");
  const tab = query.get("tab") ?? "read";
  const found = useLoad((signal) => api.get<Found>(`/v1/rulesets/${name}`, { version }, { signal }), [name, version]);
  const history = useLoad((signal) => api.get<Version[]>(`/v1/rulesets/${name}/history`, undefined, { signal }), [name]);
  if (found.problem && !found.data) return <ProblemView problem={found.problem} retry={found.reload} />;
  const shown = found.data;
  if (!shown) return <Skeleton active paragraph={{ rows: 12 }} />;
  const row = history.data?.find((one) => one.version === shown.number) ?? null;
  const reload = () => {
    found.reload();
    history.reload();
  };
  return (
    <>
      <PageHead
        title={<>{shown.title ?? shown.id} <Mark tone={TONE[shown.source]}>{words[`source_${shown.source}`]}</Mark></>}
        hint={shown.version ?? undefined}
        extra={
          <>
            <Link to="/rulesets">{words.back}</Link>
            <Select
              aria-label={words.version}
              style={{ minWidth: 210 }}
              value={version ?? 0}
              options={[
                { value: 0, label: words.inForce },
                ...(history.data ?? []).map((one) => ({ value: one.version, label: `${words.number(String(one.version))} · ${words[`source_${one.state}`]} · ${one.made_by}` })),
              ]}
              onChange={(value: number) => go({ version: value ? String(value) : null })}
            />
            {author && <Actions shown={shown} row={row} onChanged={reload} />}
          </>
        }
      />
      {shown.state === "proposed" && row && (
        <Alert
          type="info"
          showIcon
          style={{ marginBottom: 10 }}
          message={row.proposed_by === me.name || row.made_by === me.name ? words.proposed : words.approveHint(row.proposed_by ?? row.made_by)}
        />
      )}
      <Tabs
        activeKey={tab}
        onChange={(key) => go({ tab: key })}
        destroyOnHidden
        items={[
          { key: "read", label: words.read, children: <ReadTab shown={shown} version={version} /> },
          { key: "edit", label: words.edit, children: <EditTab key={`${shown.number ?? 0}/${shown.text_sha256 ?? ""}`} shown={shown} author={author} onSaved={reload} /> },
          ...(author ? [{ key: "backtest", label: words.backtest, children: <BacktestTab key={version ?? 0} name={name} version={version} /> }] : []),
          { key: "history", label: words.history, children: <HistoryTab name={name} history={history} number={shown.number} /> },
        ]}
      />
    </>
  );
}

function Actions({ shown, row, onChanged }: { shown: Found; row: Version | null; onChanged: () => void }) {
  const words = useTexts(texts);
  const { language } = useLanguage();
  const { message, modal } = App.useApp();
  const me = useMe();
  const navigate = useNavigate();
  const [noting, setNoting] = useState(false);
  const [note, setNote] = useState("");
  const attempt = async (work: () => Promise<void>) => {
    try {
      await work();
      onChanged();
    } catch (error) {
      modal.error({ title: asProblem(error).text(language) });
    }
  };
  const draft = () =>
    attempt(async () => {
      const made = await api.post<Version>("/v1/rulesets", { text: shown.text, note: note.trim() || null });
      message.success(words.drafted(String(made.version)));
      setNoting(false);
      navigate(`/rulesets/${shown.id}?version=${made.version}&tab=edit`);
    });
  const publish = (done: string) =>
    attempt(async () => {
      await api.post(`/v1/rulesets/${shown.id}/publish`, { version: shown.number });
      message.success(done);
    });
  const withdraw = () =>
    attempt(async () => {
      await api.post(`/v1/rulesets/${shown.id}/withdraw`, { version: shown.number });
      message.success(words.withdrawn);
    });
  const ask = (title: string, content: string, onOk: () => Promise<void>) => modal.confirm({ title, content, onOk });
  const own = row?.made_by === me.name || row?.proposed_by === me.name;
  return (
    <>
      {shown.state === "draft" && <Button type="primary" onClick={() => ask(words.propose, words.proposeHint, () => publish(words.proposed))}>{words.propose}</Button>}
      {shown.state === "proposed" && (
        <>
          <Button type="primary" disabled={own} title={own ? words.secondPerson : undefined} onClick={() => ask(words.approve, words.approveHint(row?.proposed_by ?? ""), () => publish(words.approved))}>{words.approve}</Button>
          <Button onClick={() => ask(words.withdraw, words.withdrawProposed, withdraw)}>{words.withdraw}</Button>
        </>
      )}
      {shown.state === "published" && row?.in_force && <Button onClick={() => ask(words.withdraw, words.withdrawPublished, withdraw)}>{words.withdraw}</Button>}
      {shown.state !== "draft" && shown.state !== "proposed" && <Button onClick={() => setNoting(true)}>{words.startDraft}</Button>}
      <Modal open={noting} title={words.startDraft} onCancel={() => setNoting(false)} onOk={() => void draft()}>
        <Input.TextArea rows={3} maxLength={2000} placeholder={words.draftNote} aria-label={words.draftNote} value={note} onChange={(event) => setNote(event.target.value)} />
      </Modal>
    </>
  );
}
