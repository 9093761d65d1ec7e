import { ArrowLeftOutlined, QuestionCircleOutlined, RedoOutlined, UndoOutlined } from "@ant-design/icons";
import { Alert, Button, Tooltip } from "antd";
import { useNavigate } from "react-router-dom";
import type { ReviewOut, SessionDetail } from "@/api/types";
import { Mark } from "@/components/marks";
import { TimeLeft } from "@/components/TimeLeft";
import { clock as asClock } from "@/components/time";
import { common } from "@/i18n/common";
import { useLanguage, useTexts } from "@/i18n/language";
import { texts } from "./texts";
import type { ReviewWork, Saving } from "./useReview";

interface Props {
  found: ReviewOut;
  session: SessionDetail;
  work: ReviewWork;
  onClaim: () => void;
  onRelease: () => void;
  onUndo: () => void;
  onRedo: () => void;
  onHelp: () => void;
}

function nameOf(order: Record<string, unknown>, who: string): string {
  const found = order[who] as { name?: unknown } | undefined;
  return typeof found?.name === "string" ? found.name : "";
}

/** Which session this is, how long there is for it, who has it, and whether all that was filled in is kept. */
export function DeskHead({ found, session, work, onClaim, onRelease, onUndo, onRedo, onHelp }: Props) {
  const words = useTexts(texts);
  const shared = useTexts(common);
  const go = useNavigate();
  const { review, may } = found;
  const mine = may.includes("decide");
  const pending = review.state === "open" || review.state === "claimed" || review.state === "appealed";
  const scenario = session.scenario ? (shared[session.scenario as "remote"] ?? session.scenario) : "";
  const left = (new Date(review.due_at).getTime() - Date.now()) / 1000;
  return (
    <header className="desk-head">
      <Tooltip title={words.back}>
        <Button type="text" icon={<ArrowLeftOutlined />} aria-label={words.back} onClick={() => go("/queue")} />
      </Tooltip>
      <h1 className="num">{session.policy_no ?? session.id.slice(0, 8)}</h1>
      <span className="desk-facts ellipsis">
        <span><i>{words.customer}</i>{nameOf(session.order, "policyholder") || "—"}</span>
        <span><i>{words.agentOf}</i>{session.agent_name ?? "—"}</span>
        <span>{[session.branch, scenario, session.duration ? asClock(session.duration) : ""].filter(Boolean).join(" · ")}</span>
      </span>
      {pending && review.id && <TimeLeft seconds={left} at={review.due_at} />}
      {review.id && !mine && <Mark tone="brand">{words[`state_${review.state}`]}</Mark>}
      {review.assignee && !mine && pending && <span className="muted">{words.takenBy(review.assignee)}</span>}
      <span className="desk-gap" />
      {(mine || may.includes("final")) && <Saved saving={work.saving} />}
      {(mine || may.includes("final")) && (
        <>
          <Tooltip title={`${words.undo} (Z)`}>
            <Button type="text" icon={<UndoOutlined />} aria-label={words.undo} disabled={!work.history.past.length || work.busy} onClick={onUndo} />
          </Tooltip>
          <Tooltip title={`${words.redo} (Shift+Z)`}>
            <Button type="text" icon={<RedoOutlined />} aria-label={words.redo} disabled={!work.history.future.length || work.busy} onClick={onRedo} />
          </Tooltip>
        </>
      )}
      {may.includes("claim") && !mine && <Button type="primary" loading={work.busy} onClick={onClaim}>{words.claim} <kbd>C</kbd></Button>}
      {may.includes("release") && <Button loading={work.busy} onClick={onRelease}>{words.release}</Button>}
      <Tooltip title={`${words.keys} (?)`}>
        <Button type="text" icon={<QuestionCircleOutlined />} aria-label={words.keys} onClick={onHelp} />
      </Tooltip>
    </header>
  );
}

const SAVED_TONE: Record<Saving, string> = { none: "", unsaved: "muted", saving: "muted", saved: "done", offline: "warn" };

function Saved({ saving }: { saving: Saving }) {
  const words = useTexts(texts);
  if (saving === "none") return null;
  const text = { unsaved: words.unsaved, saving: words.saving, saved: words.saved, offline: words.saveOffline }[saving];
  return <span className={`saved ${SAVED_TONE[saving]}`} role="status" data-saving={saving}>{text}</span>;
}

/** What stands in the way of going on: somebody else has it, another window, a newer inspection. */
export function DeskNotices({ found, work, blind, onClaim }: { found: ReviewOut; work: ReviewWork; blind: boolean; onClaim: () => void }) {
  const words = useTexts(texts);
  const { language } = useLanguage();
  const { lost, elsewhere } = work;
  const other = lost && typeof lost.extra.assignee === "string" ? lost.extra.assignee : null;
  return (
    <div className="desk-notices">
      {lost && (
        <Alert
          banner
          type="warning"
          message={lost.code === "review_taken" ? (other ? words.leaseLost(other) : lost.text(language)) : words.leaseGone}
          action={<Button size="small" onClick={onClaim}>{words.claim}</Button>}
        />
      )}
      {elsewhere && (
        <Alert
          banner
          type="warning"
          message={words.draftElsewhere}
          action={
            <span className="desk-actions">
              <Button size="small" onClick={work.takeElsewhere}>{words.takeTheirs}</Button>
              <Button size="small" onClick={work.keepHere}>{words.keepMine}</Button>
            </span>
          }
        />
      )}
      {blind && <Alert banner type="info" message={words.sample} />}
      {found.newest_version > found.inspection_version && <Alert banner type="info" message={words.newerInspection} />}
    </div>
  );
}
