import { UploadOutlined } from "@ant-design/icons";
import { App, Button, Upload } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { Link } from "react-router-dom";
import { useMe } from "@/api/session";
import { AppealFiles } from "@/appeal/AppealFiles";
import { handIn } from "@/appeal/handIn";
import { TAKEN } from "@/appeal/files";
import { Mark, SeverityMark, SessionMark } from "@/components/marks";
import { clock } from "@/components/time";
import { Panel } from "@/figures/Panel";
import { common } from "@/i18n/common";
import { useTexts } from "@/i18n/language";
import { AppealForm } from "./AppealForm";
import type { BranchFinding, BranchReview, BranchSession } from "./api";
import { texts } from "./texts";

const TONE = { confirm: "critical", overturn: "good", cannot_tell: "medium" } as const;

/** One session of the branch. */
export function SessionView({ session, onChanged }: { session: BranchSession; onChanged: () => void }) {
  const words = useTexts(texts);
  return (
    <div className="stack">
      <Panel
        title={session.policy_no ?? session.session_id.slice(0, 8)}
        hint={[session.product, [session.agent_name, session.agent_no].filter(Boolean).join(" "), day(session.recorded_at ?? session.created_at)].filter(Boolean).join(" · ")}
        extra={<SessionMark verdict={session.verdict} />}
      >
        {session.retry_of && <div className="small">{words.againOf} <Link to={`/branch?session=${session.retry_of}`}>{session.retry_of.slice(0, 8)}</Link></div>}
        {session.tickets.map((one) => (
          <div key={one.id} className="branch-ticket">
            <Mark tone={one.closed_at ? "low" : "high"}>{words.tickets}</Mark>
            <span>{one.closed_at ? words.ticketClosed : one.due_at ? words.ticketDue(day(one.due_at)) : "—"}</span>
            <Link to={`/tickets?ticket=${one.id}${one.closed_at ? "&show=all" : ""}`}>{words.openTicket}</Link>
          </div>
        ))}
      </Panel>
      {session.reviews.map((one) => <ReviewPanel key={one.id} review={one} findings={session.findings} onChanged={onChanged} />)}
      <Panel title={`${words.findings} ${session.findings.length}`}>
        {session.findings.length === 0 && <span className="muted">{words.noFindings}</span>}
        <ol className="branch-findings">
          {session.findings.map((one) => <Finding key={`${one.item}/${one.product_index}`} finding={one} />)}
        </ol>
      </Panel>
    </div>
  );
}

function Finding({ finding }: { finding: BranchFinding }) {
  const words = useTexts(texts);
  const names = useTexts(common);
  return (
    <li className="branch-finding">
      <div className="branch-finding-head">
        <SeverityMark severity={finding.severity} />
        <b>{finding.title}</b>
        {finding.decision ? <Mark tone={TONE[finding.decision]}>{words[`decision_${finding.decision}`]}</Mark> : <Mark tone="low">{words.notReviewed}</Mark>}
      </div>
      <div>{finding.reason}</div>
      {(finding.quotes.length > 0 || finding.answer) && (
        <div className="judgement-quotes">
          {finding.quotes.slice(0, 6).map((one, number) => (
            <div key={number}><span className="num muted small">{clock(one.start)}</span> <span className="muted small">{one.role in names ? (names[one.role as keyof typeof names] as string) : one.role}</span> “{one.quote}”</div>
          ))}
          {finding.answer && <div><span className="muted small">{words.answer}</span> “{finding.answer}”</div>}
        </div>
      )}
      {finding.missing.length > 0 && <div><span className="muted">{words.missing}</span> {finding.missing.join("、")}</div>}
      {finding.fix && <div className="branch-fix"><b>{words.fix}</b> {finding.fix}</div>}
      {finding.basis.length > 0 && <div className="muted small">{words.basis}：{finding.basis.join("；")}</div>}
    </li>
  );
}

function ReviewPanel({ review, findings, onChanged }: { review: BranchReview; findings: BranchFinding[]; onChanged: () => void }) {
  const words = useTexts(texts);
  const [appealing, setAppealing] = useState(false);
  const titles = new Map(findings.map((one) => [one.item, one.title]));
  return (
    <Panel
      title={words.review}
      hint={review.decided_at ? `${words.decidedAt} ${day(review.decided_at)}` : undefined}
      extra={
        <>
          {review.outcome && <Mark tone="brand">{review.outcome}</Mark>}
          <Mark tone={review.state === "appealed" ? "high" : "low"}>{words[`state_${review.state}`]}</Mark>
          {review.may_appeal && <Button size="small" type="primary" onClick={() => setAppealing(true)}>{words.appeal}</Button>}
        </>
      }
    >
      {review.note && <p className="judgement-text">{review.note}</p>}
      {review.may_appeal && review.appeal_until && <span className="muted small">{words.appealUntil(day(review.appeal_until))}</span>}
      {review.appeals.map((one, number) => (
        <div key={number} className="branch-appeal">
          <div className="branch-finding-head">
            <b>{words.appealed}</b>
            <Mark tone={one.state === "open" ? "high" : one.state === "upheld" ? "good" : "low"}>{words[`appealState_${one.state}`]}</Mark>
            <span className="muted small num">{one.made_by} · {dayjs(one.made_at).format("YYYY-MM-DD HH:mm")}</span>
          </div>
          <div className="judgement-text">{one.text}</div>
          {one.items.length > 0 && <div className="muted small">{one.items.map((item) => titles.get(item) ?? item).join("、")}</div>}
          <AppealFiles review={review.id} files={one.files} />
          {one.state === "open" && <MoreEvidence review={review.id} onChanged={onChanged} />}
          {one.judgement && <div className="judgement-quotes">{one.judgement}</div>}
        </div>
      ))}
      {appealing && <AppealForm review={review} findings={findings} onClose={() => setAppealing(false)} onDone={() => { setAppealing(false); onChanged(); }} />}
    </Panel>
  );
}

function MoreEvidence({ review, onChanged }: { review: string; onChanged: () => void }) {
  const words = useTexts(texts);
  const me = useMe();
  const { message } = App.useApp();
  return (
    <Upload
      accept={TAKEN.join(",")}
      showUploadList={false}
      multiple
      customRequest={({ file, onSuccess }) => {
        const given = file as File;
        handIn(review, given, me.csrf).then(
          () => { onSuccess?.({}); onChanged(); },
          () => { message.error(words.fileFailed(given.name)); },
        );
      }}
    >
      <Button size="small" icon={<UploadOutlined />}>{words.addEvidence}</Button>
    </Upload>
  );
}

function day(text: string): string {
  return dayjs(text).format("YYYY-MM-DD");
}
