import { App, Alert, Button, Empty, Input, Radio, Select, Skeleton, Timeline } from "antd";
import dayjs from "dayjs";
import { useEffect, useRef, useState } from "react";
import { Link, useParams } from "react-router-dom";
import { api } from "@/api/client";
import { asProblem } from "@/api/problem";
import { useMe } from "@/api/session";
import type { AppealRow, Call, Inspection, Item, Options, OutcomeId, ReviewOut, ShownFinding } from "@/api/types";
import { useLoad } from "@/api/useLoad";
import { AppealFiles } from "@/appeal/AppealFiles";
import type { AppealFile } from "@/appeal/files";
import { PageHead } from "@/components/PageHead";
import { ProblemView } from "@/components/ProblemView";
import { Mark, SeverityMark, VerdictMark } from "@/components/marks";
import { clock } from "@/components/time";
import { Panel } from "@/figures/Panel";
import { common } from "@/i18n/common";
import { useLanguage, useTexts } from "@/i18n/language";
import { begun, body, fits, keyOf, open, type Draft, type Ruled } from "./ruling";
import { texts } from "./texts";
import "./appeals.css";

type Appealed = AppealRow & { judged_by: string | null; judged_at: string | null; judgement: string | null; files: AppealFile[] };
type Whole = Omit<ReviewOut, "appeals"> & { appeals: Appealed[] };

const CALLS: Call[] = ["confirm", "overturn", "cannot_tell"];
const PAUSE_MS = 1500;

/** The final judgement: what was appealed against, what was decided first, what it comes to. */
export default function Judgement() {
  const words = useTexts(texts);
  const { reviewId = "" } = useParams();
  const found = useLoad((signal) => api.get<Whole>(`/v1/reviews/${reviewId}`, undefined, { signal }), [reviewId]);
  const options = useLoad((signal) => api.get<Options>("/v1/reviews/options", undefined, { signal }), []);
  const review = found.data;
  const inspected = useLoad(
    (signal) =>
      review
        ? api.get<Inspection>(`/v1/sessions/${review.session.id}/inspection`, { version: review.inspection_version }, { signal })
        : Promise.resolve(null),
    [review?.session.id, review?.inspection_version],
  );
  if (found.problem && !review) return <ProblemView problem={found.problem} retry={found.reload} />;
  if (!review || !options.data) return <Skeleton active paragraph={{ rows: 10 }} />;
  const { session } = review;
  return (
    <>
      <PageHead
        title={<>{words.final1} · {session.policy_no ?? session.id.slice(0, 8)}</>}
        hint={[session.branch, session.agent_name, session.product].filter(Boolean).join(" · ")}
        extra={
          <>
            <Link to={`/sessions/${session.id}?review=${review.review.id}`}>{words.openSession}</Link>
            <Link to="/appeals">{words.back}</Link>
          </>
        }
      />
      <div className="judgement">
        <div className="stack">
          {review.appeals.map((one) => <AppealPanel key={one.id} review={review} appeal={one} />)}
          <First review={review} />
          <History review={review} />
        </div>
        <Form
          key={`${review.review.id}/${review.review.version}/${review.review.state}`}
          review={review}
          items={inspected.data?.items ?? []}
          options={options.data}
          onChange={found.setData}
          onStale={found.reload}
        />
      </div>
    </>
  );
}

function at(text: string | null): string {
  return text ? dayjs(text).format("YYYY-MM-DD HH:mm") : "—";
}

function titlesOf(review: Whole): Map<string, string> {
  return new Map(review.findings.map((one) => [one.item, one.title]));
}

function AppealPanel({ review, appeal }: { review: Whole; appeal: Appealed }) {
  const words = useTexts(texts);
  const titles = titlesOf(review);
  const system = appeal.made_by === "system";
  return (
    <Panel
      title={words.appeal}
      hint={system ? words.bySystem : words.appealBy(appeal.made_by, at(appeal.made_at))}
      extra={<Mark tone={appeal.state === "open" ? "high" : appeal.state === "upheld" ? "good" : "low"}>{words[`state_${appeal.state}` as "state_open"]}</Mark>}
    >
      <p className="judgement-text">{appeal.text}</p>
      <div className="muted small">{words.about}：{appeal.items.length ? appeal.items.map((one) => titles.get(one) ?? one).join("、") : words.wholeDecision}</div>
      {appeal.files.length > 0 && <h3 className="judgement-sub">{words.evidence}</h3>}
      <AppealFiles review={review.review.id} files={appeal.files} />
      {appeal.judgement && <p className="judgement-text"><b>{appeal.judged_by}</b>：{appeal.judgement}</p>}
    </Panel>
  );
}

function First({ review }: { review: Whole }) {
  const words = useTexts(texts);
  const row = review.review;
  return (
    <Panel title={words.first} hint={row.decided_by ? words.firstBy(row.decided_by, at(row.decided_at)) : undefined} extra={<Mark tone="brand">{row.outcome ?? "—"}</Mark>}>
      {row.note ? <p className="judgement-text">{row.note}</p> : <span className="muted">—</span>}
      {row.final_outcome && (
        <>
          <h3 className="judgement-sub">{words.final1} · {words.finalBy(row.final_by ?? "—", at(row.final_at))}</h3>
          <Mark tone="good">{row.final_outcome}</Mark>
          {row.final_note && <p className="judgement-text">{row.final_note}</p>}
        </>
      )}
    </Panel>
  );
}

function History({ review }: { review: Whole }) {
  const words = useTexts(texts);
  if (!review.history.length) return null;
  return (
    <Panel title={words.history}>
      <Timeline
        style={{ paddingTop: 6 }}
        items={review.history.map((one) => ({ key: one.version, children: <span className="small"><span className="num muted">{at(one.made_at)}</span> {one.made_by === "system" ? words.systemName : one.made_by} · {words[`did_${one.action}` as "did_opened"] ?? one.action}</span> }))}
      />
    </Panel>
  );
}

interface FormProps {
  review: Whole;
  items: Item[];
  options: Options;
  onChange: (review: Whole) => void;
  onStale: () => void;
}

function Form({ review, items, options, onChange, onStale }: FormProps) {
  const words = useTexts(texts);
  const { language } = useLanguage();
  const me = useMe();
  const { message, notification } = App.useApp();
  const [draft, setDraft] = useState<Draft>(() => begun(review as unknown as ReviewOut));
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState(false);
  const began = useRef(Date.now());
  const may = review.may.includes("final");
  const saved = useDraft(review, draft, may);
  const waiting = open(draft, review.findings, options);
  const appealed = review.appeals.some((one) => one.state === "open");
  const ready = !waiting.length && draft.outcome !== null && (!appealed || draft.appeal !== null);

  const rule = (one: ShownFinding, change: Partial<Ruled>) =>
    setDraft((before) => {
      const old = before.rulings[keyOf(one)] ?? { decision: null, reason: null, note: "" };
      const next = { ...old, ...change };
      if (change.decision && change.decision !== old.decision) next.reason = null;
      return { ...before, rulings: { ...before.rulings, [keyOf(one)]: next } };
    });
  const claim = async () => {
    try {
      onChange(await api.post<Whole>(`/v1/reviews/${review.review.id}/claim`, { version: review.review.version }));
      message.success(words.claimed);
    } catch (error) {
      message.error(asProblem(error).text(language));
      onStale();
    }
  };
  const submit = async () => {
    setTried(true);
    if (!ready) return;
    setBusy(true);
    try {
      const seconds = (Date.now() - began.current) / 1000;
      onChange(await api.post<Whole>(`/v1/reviews/${review.review.id}/final`, body(draft, review as unknown as ReviewOut, seconds)));
      message.success(words.submitted);
    } catch (error) {
      const problem = asProblem(error);
      notification.error({ message: problem.text(language), duration: 8 });
      if (problem.code === "review_changed") {
        message.warning(words.changedMeanwhile);
        onStale();
      }
    } finally {
      setBusy(false);
    }
  };
  const decisions = new Map(review.decisions.filter((one) => one.stage === "first").map((one) => [keyOf(one), one]));
  const finals = new Map(review.decisions.filter((one) => one.stage === "final").map((one) => [keyOf(one), one]));
  const byId = new Map(items.map((one) => [keyOf({ item: one.id, product_index: one.product_index }), one]));
  const reasonName = (id: string | null) => {
    const known = options.reasons.find((one) => one.id === id);
    return known ? known[language] : id;
  };
  return (
    <Panel
      title={words.final1}
      hint={saved && words.draftSaved(saved)}
      extra={review.may.includes("claim") && review.review.assignee !== me.name && <Button size="small" onClick={() => void claim()}>{words.claim}</Button>}
    >
      {!may && review.review.state !== "final" && <Alert type="info" showIcon message={words.cannot} style={{ marginBottom: 10 }} />}
      {review.findings.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.noFindings} />}
      <ol className="judgement-findings">
        {review.findings.map((one) => {
          const ruled = draft.rulings[keyOf(one)];
          const first = decisions.get(keyOf(one));
          const last = finals.get(keyOf(one));
          const missing = tried && waiting.includes(one);
          return (
            <li key={keyOf(one)} className={missing ? "judgement-finding missing" : "judgement-finding"}>
              <div className="judgement-finding-head">
                <SeverityMark severity={one.severity} />
                <b>{one.title}</b>
                <VerdictMark verdict={one.verdict} />
                {one.layer === "consistency" && <Mark tone="medium">{words.layer_consistency}</Mark>}
              </div>
              <div>{one.reason}</div>
              <Quoted item={byId.get(keyOf(one))} />
              {first && (
                <div className="small">
                  <span className="muted">{words.first}：</span>{words[first.decision]}
                  {first.reason && `（${reasonName(first.reason)}）`}{first.note && ` ${first.note}`}
                </div>
              )}
              {last ? (
                <div className="small">
                  <span className="muted">{words.final1}：</span><b>{words[last.decision]}</b>
                  {last.reason && `（${reasonName(last.reason)}）`}{last.note && ` ${last.note}`}
                </div>
              ) : (
                may && (
                  <div className="judgement-ruling" role="group" aria-label={`${one.title} ${words.final1}`}>
                    <Radio.Group
                      size="small"
                      optionType="button"
                      buttonStyle="solid"
                      value={ruled?.decision}
                      options={CALLS.map((call) => ({ value: call, label: words[call] }))}
                      onChange={(event) => rule(one, { decision: event.target.value as Call })}
                    />
                    <Select
                      size="small"
                      allowClear
                      style={{ width: 190 }}
                      placeholder={words.reason}
                      aria-label={`${one.title} ${words.reason}`}
                      status={missing ? "error" : undefined}
                      value={ruled?.reason ?? undefined}
                      disabled={!ruled?.decision}
                      options={options.reasons
                        .filter((reason) => ruled?.decision && reason.decisions.includes(ruled.decision))
                        .map((reason) => ({ value: reason.id, label: reason[language] }))}
                      onChange={(reason?: string) => rule(one, { reason: reason ?? null })}
                    />
                    <Input
                      size="small"
                      style={{ flex: 1, minWidth: 120 }}
                      placeholder={words.note}
                      aria-label={`${one.title} ${words.note}`}
                      value={ruled?.note}
                      maxLength={4000}
                      onChange={(event) => rule(one, { note: event.target.value })}
                    />
                  </div>
                )
              )}
            </li>
          );
        })}
      </ol>
      {may && (
        <div className="judgement-end">
          {appealed && (
            <div className="judgement-row">
              <span id="appeal-right">{words.isAppealRight}</span>
              <Radio.Group
                aria-labelledby="appeal-right"
                value={draft.appeal}
                options={[{ value: "upheld", label: words.upheld }, { value: "rejected", label: words.rejected }]}
                onChange={(event) => setDraft((before) => ({ ...before, appeal: event.target.value as "upheld" | "rejected" }))}
              />
              {tried && !draft.appeal && <Mark tone="critical">{words.isAppealRight}</Mark>}
            </div>
          )}
          <div className="judgement-row">
            <span id="final-outcome">{words.overall}</span>
            <Radio.Group
              aria-labelledby="final-outcome"
              optionType="button"
              value={draft.outcome}
              options={options.outcomes.map((one) => ({ value: one.id, label: one[language], disabled: !fits(one.id, draft, review.findings, options) }))}
              onChange={(event) => setDraft((before) => ({ ...before, outcome: event.target.value as OutcomeId }))}
            />
            {tried && !draft.outcome && <Mark tone="critical">{words.overall}</Mark>}
          </div>
          <Input.TextArea
            rows={3}
            maxLength={4000}
            placeholder={words.finalNote}
            aria-label={words.finalNote}
            value={draft.note}
            onChange={(event) => setDraft((before) => ({ ...before, note: event.target.value }))}
          />
          <div className="judgement-row">
            <Button type="primary" loading={busy} onClick={() => void submit()}>{words.submit}</Button>
            <span className="muted small">{waiting.length ? words.notFinished(String(waiting.length)) : words.submitHint}</span>
          </div>
        </div>
      )}
    </Panel>
  );
}

/** What the machine heard of an item. */
function Quoted({ item }: { item: Item | undefined }) {
  const words = useTexts(texts);
  const names = useTexts(common);
  if (!item) return null;
  const quotes = item.evidence.filter((one) => one.quote).slice(0, 4);
  const missing = item.concepts.filter((one) => !one.found).map((one) => one.name);
  return (
    <div className="judgement-quotes">
      {quotes.map((one, number) => (
        <div key={number}>
          <span className="num muted small">{clock(one.start)}</span>{" "}
          <span className="muted small">{one.role in names ? (names[one.role as keyof typeof names] as string) : one.role}</span> “{one.quote}”
        </div>
      ))}
      {item.answer?.quote && <div><span className="muted small">{words.answer}</span> “{item.answer.quote}”</div>}
      {missing.length > 0 && <div><span className="muted small">{words.missing}</span> {missing.join("、")}</div>}
    </div>
  );
}

/** Keeps what is filled in, a moment after the last change; the time it was kept. */
function useDraft(review: Whole, draft: Draft, may: boolean): string | null {
  const [saved, setSaved] = useState<string | null>(null);
  const version = useRef(review.draft?.version ?? 0);
  const first = useRef(draft);
  useEffect(() => {
    if (!may || draft === first.current) return undefined;
    const timer = window.setTimeout(() => {
      const sent = { content: draft, version: version.current || null };
      api
        .put<{ version: number }>(`/v1/reviews/${review.review.id}/draft`, sent)
        .then((kept) => {
          version.current = kept.version;
          setSaved(dayjs().format("HH:mm:ss"));
        })
        .catch(() => undefined);
    }, PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [draft, may, review.review.id]);
  return saved;
}
