import { common } from "@/i18n/common";
import { useTexts } from "@/i18n/language";
import "./marks.css";

export type Severity = "critical" | "high" | "medium" | "low";
export type ItemVerdict = "pass" | "fail" | "review" | "inconclusive" | "not_applicable";
export type SessionVerdict = "clear" | "flagged" | "unusable";

/** A small label; the colour only repeats what the words say. */
export function Mark({ tone, children, title }: { tone: string; children: React.ReactNode; title?: string }) {
  return <span className={`mark mark-${tone}`} title={title}>{children}</span>;
}

export function SeverityMark({ severity }: { severity: Severity }) {
  const words = useTexts(common);
  return <Mark tone={severity}>{words[severity]}</Mark>;
}

const VERDICT_TONE: Record<ItemVerdict, string> = {
  pass: "good",
  fail: "critical",
  review: "high",
  inconclusive: "medium",
  not_applicable: "low",
};

export function VerdictMark({ verdict }: { verdict: ItemVerdict }) {
  const words = useTexts(common);
  return <Mark tone={VERDICT_TONE[verdict]}>{words[verdict]}</Mark>;
}

const SESSION_TONE: Record<SessionVerdict, string> = { clear: "good", flagged: "high", unusable: "critical" };

export function SessionMark({ verdict }: { verdict: SessionVerdict | null }) {
  const words = useTexts(common);
  return verdict ? <Mark tone={SESSION_TONE[verdict]}>{words[verdict]}</Mark> : <span className="muted">—</span>;
}
