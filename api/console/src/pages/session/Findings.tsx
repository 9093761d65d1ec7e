import { CheckOutlined, CloseOutlined, EditOutlined, PlayCircleOutlined, QuestionOutlined, RightOutlined } from "@ant-design/icons";
import { Button, Empty, Input, type InputRef } from "antd";
import { useEffect, useRef, type RefObject } from "react";
import type { Call, DecisionRow, Reason } from "@/api/types";
import { Mark, SeverityMark, VerdictMark } from "@/components/marks";
import { clock as asClock } from "@/components/time";
import { common } from "@/i18n/common";
import { useLanguage, useTexts } from "@/i18n/language";
import type { Draft, Ruling } from "./draft";
import { FindingDetail } from "./FindingDetail";
import { SEVERITIES, type Case } from "./look";
import { texts } from "./texts";

export const CALLS: readonly { call: Call; digit: string; icon: React.ReactNode }[] = [
  { call: "confirm", digit: "1", icon: <CheckOutlined /> },
  { call: "overturn", digit: "2", icon: <CloseOutlined /> },
  { call: "cannot_tell", digit: "3", icon: <QuestionOutlined /> },
];
const CALL_TONE: Record<Call, string> = { confirm: "critical", overturn: "good", cannot_tell: "medium" };

interface Props {
  cases: readonly Case[];
  notes: readonly Case[];
  passed: readonly Case[];
  blind: boolean;
  selected: string | null;
  onSelect: (key: string | null) => void;
  draft: Draft;
  decided: readonly DecisionRow[];
  canDecide: boolean;
  reasons: readonly Reason[];
  needsReason: readonly Call[];
  /** The finding whose reason is being chosen by a digit. */
  picking: string | null;
  noteField: RefObject<InputRef>;
  onPick: (key: string | null) => void;
  onRule: (one: Case, ruling: Ruling | null, merge?: boolean) => void;
  onPlay: (one: Case) => void;
  onSeek: (time: number) => void;
  frameOf: (path: string) => string;
}

/** The findings by their gravity; the chosen one is open, with its proof and what is decided of it. */
export function Findings(props: Props) {
  const words = useTexts(texts);
  const shared = useTexts(common);
  const { cases, notes, passed, draft } = props;
  const open = cases.filter((one) => !draft.rulings[one.key]).length;
  return (
    <section className="findings" aria-label={words.findings}>
      <div className="panel-head">
        <h2>{words.findings}</h2>
        {props.canDecide && cases.length > 0 && (
          <span className={open ? "muted" : "done"}>{open ? words.toDecide(open) : words.allDecided}</span>
        )}
      </div>
      <div className="findings-list">
        {cases.length === 0 && (
          <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={props.blind ? words.noFindingsSample : words.noFindings} />
        )}
        {SEVERITIES.map((severity) => {
          const group = cases.filter((one) => one.shown.severity === severity);
          if (group.length === 0) return null;
          return (
            <div key={severity} role="group" aria-label={shared[severity]}>
              <div className="group-head"><SeverityMark severity={severity} /><span className="muted num">{group.length}</span></div>
              {group.map((one) => <FindingCard key={one.key} one={one} {...props} />)}
            </div>
          );
        })}
        <More {...props} title={words.notes} cases={notes} />
        <More {...props} title={words.passed} cases={passed} />
      </div>
    </section>
  );
}

function More({ title, ...props }: Props & { title: string; cases: readonly Case[] }) {
  const { cases } = props;
  if (cases.length === 0) return null;
  return (
    <details className="more">
      <summary>{title}<span className="muted num">{cases.length}</span></summary>
      {cases.map((one) => <FindingCard key={one.key} one={one} {...props} canDecide={false} />)}
    </details>
  );
}

function FindingCard({ one, ...props }: Props & { one: Case }) {
  const words = useTexts(texts);
  const { shown, key } = one;
  const { selected, onSelect, draft, decided } = props;
  const card = useRef<HTMLDivElement>(null);
  const isOpen = selected === key;
  const ruling = draft.rulings[key];
  const made = decided.filter((row) => row.item === shown.item && row.product_index === shown.product_index).at(-1);
  const call = ruling?.decision ?? made?.decision;
  useEffect(() => {
    if (isOpen) card.current?.scrollIntoView({ block: "nearest" });
  }, [isOpen]);
  return (
    <div ref={card} className={`finding ${shown.severity}${isOpen ? " open" : ""}`} data-finding={key}>
      <button type="button" className="plain finding-head" aria-expanded={isOpen} onClick={() => onSelect(isOpen ? null : key)}>
        <RightOutlined className="finding-arrow" />
        <span className="finding-title">
          {shown.title}
          {shown.layer === "consistency" && <Mark tone="brand">{words.between}</Mark>}
          {shown.product_index !== null && shown.product_index > 0 && <Mark tone="low">{words.product(shown.product_index + 1)}</Mark>}
        </span>
        {call ? <Mark tone={CALL_TONE[call]}>{words[call]}</Mark> : <VerdictMark verdict={shown.verdict} />}
        <span className="num muted finding-at">{one.start === null ? "" : asClock(one.start)}</span>
      </button>
      {isOpen && (
        <div className="finding-body">
          <p className="finding-reason">{shown.reason}</p>
          {one.start !== null && (
            <Button size="small" icon={<PlayCircleOutlined />} onClick={() => props.onPlay(one)}>
              {words.playClip} <kbd>Enter</kbd>
            </Button>
          )}
          {one.item && <FindingDetail item={one.item} frameOf={props.frameOf} onSeek={props.onSeek} />}
          {props.canDecide && <Decision one={one} ruling={ruling} {...props} />}
          {!props.canDecide && made && <Made row={made} reasons={props.reasons} />}
        </div>
      )}
    </div>
  );
}

function Made({ row, reasons }: { row: DecisionRow; reasons: readonly Reason[] }) {
  const words = useTexts(texts);
  const { language } = useLanguage();
  const reason = reasons.find((one) => one.id === row.reason);
  return (
    <div className="made">
      <Mark tone={CALL_TONE[row.decision]}>{words[row.decision]}</Mark> {reason?.[language] ?? ""} {row.note}
      <div className="muted">{row.made_by}</div>
    </div>
  );
}

function Decision({ one, ruling, reasons, needsReason, picking, noteField, onRule, onPick }: Props & { one: Case; ruling: Ruling | undefined }) {
  const words = useTexts(texts);
  const { language } = useLanguage();
  const fitting = ruling ? reasons.filter((reason) => reason.decisions.includes(ruling.decision)) : [];
  const chosen = fitting.find((reason) => reason.id === ruling?.reason);
  const isPicking = picking === one.key || (!ruling?.reason && !!ruling && needsReason.includes(ruling.decision));
  const mustReason = !!ruling && needsReason.includes(ruling.decision) && !ruling.reason;
  return (
    <div className="decision">
      <div className="decision-calls" role="radiogroup" aria-label={words.findings}>
        {CALLS.map(({ call, digit, icon }) => (
          <button
            key={call}
            type="button"
            role="radio"
            aria-checked={ruling?.decision === call}
            className={`plain call call-${call}${ruling?.decision === call ? " chosen" : ""}`}
            onClick={() => {
              const again = ruling?.decision === call;
              onRule(one, again ? null : { decision: call, reason: null, note: ruling?.note ?? "" });
              onPick(again ? null : one.key);
            }}
          >
            {icon}{words[call]}<kbd>{digit}</kbd>
          </button>
        ))}
      </div>
      {ruling && (
        <>
          {isPicking ? (
            <div className={`reasons${picking === one.key ? " picking" : ""}`} role="radiogroup" aria-label={words.reason}>
              {fitting.map((reason, index) => (
                <button
                  key={reason.id}
                  type="button"
                  role="radio"
                  aria-checked={ruling.reason === reason.id}
                  className={`plain reason${ruling.reason === reason.id ? " chosen" : ""}`}
                  onClick={() => {
                    onRule(one, { ...ruling, reason: ruling.reason === reason.id ? null : reason.id });
                    onPick(null);
                  }}
                >
                  {picking === one.key && <kbd>{index + 1}</kbd>}{reason[language]}
                </button>
              ))}
            </div>
          ) : (
            <div className="reasons">
              <button type="button" className={`plain reason${chosen ? " chosen" : ""}`} onClick={() => onPick(one.key)}>
                {chosen ? chosen[language] : words.chooseReason}<EditOutlined />
              </button>
            </div>
          )}
          {mustReason && <div className="need" role="status">{picking === one.key ? words.pickReason : words.reasonNeeded}</div>}
          <Input
            ref={noteField}
            size="small"
            aria-label={words.note}
            maxLength={4000}
            value={ruling.note}
            status={chosen?.note && !ruling.note.trim() ? "warning" : undefined}
            placeholder={chosen?.note ? words.noteNeeded : words.notePlaceholder}
            onChange={(event) => onRule(one, { ...ruling, note: event.target.value }, true)}
            suffix={<kbd>N</kbd>}
          />
        </>
      )}
    </div>
  );
}
