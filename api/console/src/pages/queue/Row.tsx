import { Checkbox } from "antd";
import dayjs from "dayjs";
import { memo } from "react";
import type { Queued } from "@/api/types";
import { Mark } from "@/components/marks";
import { TimeLeft } from "@/components/TimeLeft";
import { clock as asClock } from "@/components/time";
import { common } from "@/i18n/common";
import { useTexts } from "@/i18n/language";
import { texts } from "./texts";

const MOST_FINDINGS = 2;

interface Props {
  row: Queued;
  index: number;
  top: number;
  now: number;
  active: boolean;
  selectable: boolean;
  selected: boolean;
  canClaim: boolean;
  judges: boolean;
  busy: boolean;
  onSelect: (id: string, chosen: boolean, range: boolean) => void;
  onOpen: (row: Queued) => void;
  onClaim: (row: Queued) => void;
}

/** One review in the queue. Hundreds go past while somebody scrolls, so it is made of plain elements. */
export const Row = memo(function Row({ row, index, top, now, active, selectable, selected, canClaim, judges, busy, onSelect, onOpen, onClaim }: Props) {
  const words = useTexts(texts);
  const shared = useTexts(common);
  const left = (new Date(row.due_at).getTime() - now) / 1000;
  const leased = row.leased_until ? (new Date(row.leased_until).getTime() - now) / 60_000 : 0;
  const free = row.state === "open" && (!row.assignee || row.own);
  const pending = row.state === "open" || row.state === "claimed" || row.state === "appealed";
  const name = row.policy_no ?? row.session_id.slice(0, 8);
  const scenario = row.scenario ? (shared[row.scenario as "remote"] ?? row.scenario) : "";
  const shown = row.findings.slice(0, MOST_FINDINGS);
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selectable ? selected : undefined}
      data-review={row.id}
      className={`q-row${active ? " active" : ""}${selected ? " selected" : ""}${row.own && row.state === "claimed" ? " own" : ""}`}
      style={{ transform: `translateY(${top}px)` }}
      onDoubleClick={() => onOpen(row)}
    >
      {selectable && (
        <span role="cell" className="q-check">
          <Checkbox
            checked={selected}
            aria-label={words.selectRow(name)}
            onChange={(event) => onSelect(row.id, event.target.checked, (event.nativeEvent as MouseEvent).shiftKey)}
          />
        </span>
      )}
      <span role="cell" className="q-left">
        {pending ? <TimeLeft seconds={left} at={row.due_at} /> : <span className="muted">{words[row.state]}</span>}
      </span>
      <span role="cell" className="q-findings" title={row.findings.map((one) => one.title).join("\n")}>
        {shown.map((one) => (
          <span key={`${one.item}${one.product_index ?? ""}`} className={`q-finding ${one.severity}`}>
            <i role="img" aria-label={shared[one.severity]} /><span className="ellipsis">{one.title}</span>
          </span>
        ))}
        {row.findings.length > shown.length && <span className="muted num">{words.more_findings(row.findings.length - shown.length)}</span>}
        {row.findings.length === 0 && (
          <span className="muted">{row.reason === "sample" ? words.blind : row.verdict === "clear" ? words.clean : words[`reason_${row.reason}` as "reason_quota"] ?? row.reason}</span>
        )}
      </span>
      <span role="cell" className="q-session">
        <button type="button" tabIndex={-1} className="plain q-name num" onClick={() => onOpen(row)}>{name}</button>
        {row.reason !== "flagged" && <Mark tone="brand">{words[`reason_${row.reason}` as "reason_quota"] ?? row.reason}</Mark>}
      </span>
      <span role="cell" className="q-agent ellipsis">{row.agent_name ?? "—"} <span className="muted num">{row.agent_no ?? ""}</span></span>
      <span role="cell" className="q-sale ellipsis">{[row.branch, row.product].filter(Boolean).join(" · ") || "—"}</span>
      <span role="cell" className="q-kind num">{scenario}{row.duration ? ` · ${asClock(row.duration)}` : ""}</span>
      <span role="cell" className="q-who ellipsis">
        {row.state === "claimed" && row.assignee ? (
          <span className={row.own ? "q-me" : ""} data-lease={row.assignee} title={row.leased_until ? dayjs(row.leased_until).format("HH:mm") : undefined}>
            <i className="q-dot" />{row.own ? words.you : row.assignee}
            {leased > 0 && <span className="muted num"> {words.leaseLeft(Math.ceil(leased))}</span>}
          </span>
        ) : row.assignee ? (
          <span>{row.own ? words.you : row.assignee} <span className="muted">{pending ? words.assigned : ""}</span></span>
        ) : (
          <span className="muted">{words.nobody}</span>
        )}
      </span>
      <span role="cell" className="q-action">
        {canClaim && free ? (
          <button type="button" className="plain q-do first" tabIndex={-1} disabled={busy} onClick={() => onClaim(row)}>{words.claim}</button>
        ) : (
          <button type="button" className="plain q-do" tabIndex={-1} onClick={() => onOpen(row)}>
            {row.own && row.state === "claimed" ? words.goOn : row.state === "appealed" && judges ? words.judge : words.look}
          </button>
        )}
      </span>
    </div>
  );
});
