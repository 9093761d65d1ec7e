import { DeleteOutlined, FlagOutlined } from "@ant-design/icons";
import { Button, Input, Tooltip } from "antd";
import dayjs from "dayjs";
import type { OutcomeChoice, OutcomeId, ReviewOut, Rule } from "@/api/types";
import { Mark } from "@/components/marks";
import { clock as asClock } from "@/components/time";
import { useLanguage, useTexts } from "@/i18n/language";
import type { Draft, Lack } from "./draft";
import { texts } from "./texts";

interface Props {
  found: ReviewOut;
  draft: Draft;
  rules: readonly Rule[];
  outcomes: readonly OutcomeChoice[];
  suggestion: OutcomeId | null;
  lacks: readonly Lack[];
  canDecide: boolean;
  isFinal: boolean;
  needsAppeal: boolean;
  busy: boolean;
  onOutcome: (outcome: OutcomeId) => void;
  onNote: (note: string) => void;
  onAppeal: (appeal: "upheld" | "rejected") => void;
  onRemoveMissed: (index: number) => void;
  onMarkMissed: () => void;
  onSeek: (time: number) => void;
  onSubmit: () => void;
}

/** What the session comes to: missed violations, the outcome, submitting. */
export function SubmitPanel(props: Props) {
  const { found, draft, rules, outcomes, suggestion, lacks, canDecide, isFinal } = props;
  const words = useTexts(texts);
  const { language } = useLanguage();
  const titleOf = (item: string) => rules.find((one) => one.id === item)?.title ?? item;
  const missed = canDecide ? draft.missed : found.missed;
  if (!canDecide) {
    const { review } = found;
    return (
      <section className="submit" aria-label={words.outcome}>
        {missed.map((one, index) => (
          <div key={index} className="missed-row">
            <Mark tone="high">{words.missed}</Mark>
            <button type="button" className="plain num" onClick={() => props.onSeek(one.start)}>{asClock(one.start)}–{asClock(one.end)}</button>
            <span className="ellipsis">{titleOf(one.item)}</span>
          </div>
        ))}
        {review.decided_by && review.decided_at ? (
          <p className="stands">
            <Mark tone="brand">{outcomes.find((one) => one.id === (review.final_outcome ?? review.outcome))?.[language] ?? review.outcome}</Mark>{" "}
            {review.final_by && review.final_at
              ? words.finalBy(review.final_by, dayjs(review.final_at).format("MM-DD HH:mm"))
              : words.decidedBy(review.decided_by, dayjs(review.decided_at).format("MM-DD HH:mm"))}
            {review.note && <span className="muted"> {review.note}</span>}
          </p>
        ) : (
          <p className="muted stands">{found.may.includes("claim") ? words.claimHint : words.readOnly}</p>
        )}
      </section>
    );
  }
  return (
    <section className="submit" aria-label={words.outcome}>
      <div className="missed-list">
        {missed.map((one, index) => (
          <div key={index} className="missed-row">
            <Mark tone="high">{words.missed}</Mark>
            <button type="button" className="plain num" onClick={() => props.onSeek(one.start)}>{asClock(one.start)}–{asClock(one.end)}</button>
            <span className="ellipsis" title={one.note ?? undefined}>{titleOf(one.item)}</span>
            <Button size="small" type="text" icon={<DeleteOutlined />} aria-label={words.remove} onClick={() => props.onRemoveMissed(index)} />
          </div>
        ))}
      </div>
      {props.needsAppeal &&
        found.appeals
          .filter((one) => one.state === "open")
          .map((one) => <p key={one.id} className="appeal-text"><b>{words.appeal} · {one.made_by}</b>{one.text}</p>)}
      {props.needsAppeal && (
        <div className="outcomes" role="radiogroup" aria-label={words.appeal}>
          <span className="submit-name">{words.appeal}</span>
          {(["upheld", "rejected"] as const).map((one) => (
            <button
              key={one}
              type="button"
              role="radio"
              aria-checked={draft.appeal === one}
              className={`plain outcome${draft.appeal === one ? " chosen" : ""}`}
              onClick={() => props.onAppeal(one)}
            >
              {one === "upheld" ? words.appealUpheld : words.appealRejected}
            </button>
          ))}
        </div>
      )}
      <div className="outcomes" role="radiogroup" aria-label={words.outcome}>
        <span className="submit-name">{words.outcome} <kbd>O</kbd></span>
        {outcomes.map((one) => (
          <button
            key={one.id}
            type="button"
            role="radio"
            data-outcome={one.id}
            aria-checked={draft.outcome === one.id}
            className={`plain outcome${draft.outcome === one.id ? " chosen" : ""}${suggestion === one.id && !draft.outcome ? " suggested" : ""}`}
            onClick={() => props.onOutcome(one.id)}
          >
            {one[language]}
          </button>
        ))}
        <Tooltip title={`${words.markMissed} (M) · ${words.selectHint}`}>
          <Button size="small" icon={<FlagOutlined />} className="missed-button" aria-label={words.markMissed} onClick={props.onMarkMissed}>{words.missedShort}</Button>
        </Tooltip>
      </div>
      <div className="submit-row">
        <Input
          size="small"
          maxLength={4000}
          value={draft.note}
          aria-label={words.outcomeNote}
          placeholder={words.outcomeNote}
          onChange={(event) => props.onNote(event.target.value)}
        />
        <Tooltip title={lacks[0] ? lackText(lacks[0], words) : "Ctrl + Enter"} placement="topRight">
          <Button type="primary" loading={props.busy} data-lacks={lacks.length} onClick={props.onSubmit}>
            {isFinal ? words.submitFinal : words.submit}
          </Button>
        </Tooltip>
      </div>
    </section>
  );
}

type Words = (typeof texts)["zh"] | (typeof texts)["en"];

/** What is missing, in words. */
export function lackText(lack: Lack, words: Words): string {
  switch (lack.kind) {
    case "decision":
      return words.lackDecision(lack.title);
    case "reason":
      return words.lackReason(lack.title);
    case "note":
      return words.lackNote(lack.title);
    case "outcome":
      return words.lackOutcome;
    case "appeal":
      return words.lackAppeal;
    case "outcome_unfit":
      return words.lackUnfit;
  }
}
