import { Alert, App, Button, Drawer, Form, Input, Radio, Select, Skeleton } from "antd";
import { useRef, useState } from "react";
import { Link } from "react-router-dom";
import { api } from "@/api/client";
import { asProblem } from "@/api/problem";
import { has, useMe } from "@/api/session";
import { useLoad } from "@/api/useLoad";
import { added, BacktestView, type Totals } from "@/backtest/BacktestView";
import { ProblemView } from "@/components/ProblemView";
import { Mark } from "@/components/marks";
import { clock } from "@/components/time";
import { Panel } from "@/figures/Panel";
import { needed } from "@/figures/needed";
import { useLanguage, useTexts } from "@/i18n/language";
import type { Tried, Version } from "@/pages/rulesets/api";
import type { Wording, WordingWhole } from "./api";
import { texts } from "./texts";
import "./wordings.css";

interface Props {
  id: string;
  onClose: () => void;
  onChanged: () => void;
}

/** One wording: where it was said, which concept it says, what it would change, and into which draft it goes. */
export function WordingDrawer({ id, onClose, onChanged }: Props) {
  const words = useTexts(texts);
  const found = useLoad((signal) => api.get<WordingWhole>(`/v1/wordings/${id}`, undefined, { signal }), [id]);
  const changed = (one: Wording) => {
    if (found.data) found.setData({ ...found.data, ...one });
    onChanged();
  };
  return (
    <Drawer open width={760} onClose={onClose} title={found.data?.title ?? words.title} extra={found.data && <Mark tone="brand">{words[found.data.state]}</Mark>}>
      {found.problem && !found.data && <ProblemView problem={found.problem} retry={found.reload} />}
      {!found.data && !found.problem && <Skeleton active paragraph={{ rows: 8 }} />}
      {found.data && <Shown wording={found.data} onChanged={changed} />}
    </Drawer>
  );
}

function Shown({ wording, onChanged }: { wording: WordingWhole; onChanged: (one: Wording) => void }) {
  const words = useTexts(texts);
  const me = useMe();
  const open = wording.state === "found" || wording.state === "proposed";
  const proposer = has(me, "compliance", "senior_reviewer");
  return (
    <div className="stack">
      <div>
        {wording.reason}
        {wording.note && <div><span className="muted">{words.note}：</span>{wording.note}</div>}
        <Link to={`/sessions/${wording.session_id}?item=${wording.item}`}>{words.openSession}</Link>
        {wording.version !== null && <> · <Link to={`/rulesets/${wording.ruleset}?version=${wording.version}&tab=edit`}>{words.openDraft}</Link></>}
      </div>
      {wording.fault && <Alert type="warning" showIcon message={wording.fault} />}
      {open && proposer && !wording.fault && <Propose key={wording.text ?? ""} wording={wording} onChanged={onChanged} />}
      {wording.state === "proposed" && proposer && <Trial wording={wording} onChanged={onChanged} />}
      {open && has(me, "compliance") && <Settle wording={wording} onChanged={onChanged} />}
      {wording.state === "proposed" && !has(me, "compliance") && <span className="muted small">{words.second}</span>}
    </div>
  );
}

function Propose({ wording, onChanged }: { wording: WordingWhole; onChanged: (one: Wording) => void }) {
  const words = useTexts(texts);
  const { language } = useLanguage();
  const { message } = App.useApp();
  const [form] = Form.useForm<{ concept: string; text: string }>();
  const [busy, setBusy] = useState(false);
  const missing = wording.concepts.find((one) => one.found === false) ?? wording.concepts[0];
  const submit = async (values: { concept: string; text: string }) => {
    setBusy(true);
    try {
      onChanged(await api.put<Wording>(`/v1/wordings/${wording.id}`, { concept: values.concept, text: values.text.trim() }));
      message.success(words.proposedDone);
    } catch (error) {
      message.error(asProblem(error).text(language));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Form form={form} layout="vertical" requiredMark={false} initialValues={{ concept: wording.concept ?? missing?.name, text: wording.text ?? "" }} onFinish={(values) => void submit(values)}>
      <Form.Item name="concept" label={words.chooseConcept} rules={[needed(words.conceptNeeded)]}>
        <Radio.Group className="wording-concepts">
          {wording.concepts.map((one) => (
            <Radio key={one.name} value={one.name}>
              {one.name} {one.found !== null && <Mark tone={one.found ? "good" : "critical"}>{one.found ? words.heard : words.notHeard}</Mark>}{" "}
              <span className="muted small">{words.known(String(one.phrases.length))}{one.phrases.length > 0 && `：${one.phrases.slice(0, 5).join("、")}${one.phrases.length > 5 ? "…" : ""}`}</span>
            </Radio>
          ))}
        </Radio.Group>
      </Form.Item>
      <div className="muted small">{words.said}</div>
      <ul className="wording-lines">
        {wording.lines.map((one, number) => (
          <li key={number}>
            <button type="button" className="plain" onClick={() => form.setFieldValue("text", one.text.replace(/[，。？！、；：\s]+$/u, "").slice(0, 100))}>
              <span className="num muted small">{clock(one.start)}</span> {one.text}
            </button>
          </li>
        ))}
      </ul>
      <Form.Item name="text" label={words.words} extra={words.wordsHint} rules={[needed(words.wordsNeeded), { min: 2, message: words.wordsNeeded }]}>
        <Input maxLength={100} showCount />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={busy}>{wording.state === "proposed" ? words.change : words.propose}</Button>
    </Form>
  );
}

const PAGE = 10;

function Trial({ wording, onChanged }: { wording: WordingWhole; onChanged: (one: Wording) => void }) {
  const words = useTexts(texts);
  const { language } = useLanguage();
  const { message } = App.useApp();
  const [totals, setTotals] = useState<Totals | null>(null);
  const [items, setItems] = useState<Tried["items"]>([]);
  const [busy, setBusy] = useState(false);
  const stopped = useRef(false);
  const run = async () => {
    stopped.current = false;
    setBusy(true);
    setItems([]);
    let cursor: string | null = null;
    let sums: Totals | null = null;
    try {
      do {
        const found: { page: Tried; wording: Wording } = await api.post(`/v1/wordings/${wording.id}/backtest`, { cursor, limit: PAGE });
        sums = added(sums, found.page.totals);
        setTotals(sums);
        setItems((before) => [...before, ...found.page.items]);
        cursor = found.page.next;
        if (!cursor || stopped.current) onChanged(found.wording);
      } while (cursor && !stopped.current);
    } catch (error) {
      message.error(asProblem(error).text(language));
    } finally {
      setBusy(false);
    }
  };
  const kept = wording.trial;
  return (
    <Panel
      title={words.trial}
      hint={kept.sessions === undefined ? words.notTried : `${words.tried(String(kept.sessions), String(kept.session_flips ?? 0))}${kept.done ? "" : ` · ${words.unfinished}`}`}
      extra={busy ? <Button size="small" onClick={() => (stopped.current = true)}>{words.stop}</Button> : <Button size="small" onClick={() => void run()}>{words.runTrial}</Button>}
    >
      <BacktestView totals={totals} items={items} />
    </Panel>
  );
}

function Settle({ wording, onChanged }: { wording: WordingWhole; onChanged: (one: Wording) => void }) {
  const words = useTexts(texts);
  const { language } = useLanguage();
  const { message, modal } = App.useApp();
  const history = useLoad((signal) => api.get<Version[]>(`/v1/rulesets/${wording.ruleset}/history`, undefined, { signal }), [wording.ruleset]);
  const drafts = (history.data ?? []).filter((one) => one.state === "draft");
  const [into, setInto] = useState<number>();
  const version = into ?? drafts[0]?.version ?? 0;
  const [busy, setBusy] = useState(false);
  const accept = async () => {
    setBusy(true);
    try {
      const found = await api.post<{ wording: Wording; version: number }>(`/v1/wordings/${wording.id}/accept`, { version: version || null });
      message.success(words.acceptedDone(String(found.version)));
      onChanged(found.wording);
    } catch (error) {
      message.error(asProblem(error).text(language));
    } finally {
      setBusy(false);
    }
  };
  const reject = () => {
    let why = "";
    modal.confirm({
      title: words.reject,
      content: <Input.TextArea rows={3} maxLength={2000} aria-label={words.rejectWhy} placeholder={words.rejectWhy} onChange={(event) => (why = event.target.value)} />,
      onOk: async () => {
        try {
          onChanged(await api.post<Wording>(`/v1/wordings/${wording.id}/reject`, { note: why.trim() || null }));
          message.success(words.rejectedDone);
        } catch (error) {
          message.error(asProblem(error).text(language));
        }
      },
    });
  };
  return (
    <div className="judgement-row wording-settle">
      {wording.state === "proposed" && (
        <>
          <Select
            aria-label={words.accept}
            style={{ width: 200 }}
            value={version}
            options={[{ value: 0, label: words.newDraft }, ...drafts.map((one) => ({ value: one.version, label: words.draftOf(String(one.version)) }))]}
            onChange={setInto}
          />
          <Button type="primary" loading={busy} onClick={() => void accept()}>{words.accept}</Button>
        </>
      )}
      <Button onClick={reject}>{words.reject}</Button>
      {wording.state === "proposed" && <span className="muted small">{words.acceptHint}</span>}
    </div>
  );
}
