/** What the server sends and takes, by the names of its OpenAPI document. tests/console/test_types.py holds them together. */
import type { ItemVerdict, SessionVerdict, Severity } from "@/components/marks";

export type Role = "agent" | "customer" | "insured" | "system" | "other" | "unknown";
export type Call = "confirm" | "overturn" | "cannot_tell";
export type ReviewState = "open" | "claimed" | "decided" | "appealed" | "final";
export type OutcomeId = "合格" | "整改" | "不合格" | "补录";
export type Span = [number, number];

export interface Listed<Item> {
  items: Item[];
  next: string | null;
}

export interface QueuedFinding {
  item: string;
  product_index: number | null;
  title: string;
  severity: Severity;
  verdict: ItemVerdict;
}

export interface Queued {
  id: string;
  session_id: string;
  reason: string;
  state: ReviewState;
  due_at: string;
  left: number;
  severity: number;
  assignee: string | null;
  leased_until: string | null;
  outcome: string | null;
  version: number;
  own: boolean;
  policy_no: string | null;
  branch: string | null;
  agent_no: string | null;
  agent_name: string | null;
  product: string | null;
  scenario: string | null;
  verdict: SessionVerdict | null;
  score: number | null;
  duration: number | null;
  recorded_at: string | null;
  findings: QueuedFinding[];
}

export interface QueueCounts {
  open: number;
  claimed: number;
  appealed: number;
  overdue: number;
  due_today: number;
  mine: number;
}

/** A line in which something was found; `spans` by characters of `text`. */
export interface SaidHit {
  number: number;
  start: number;
  end: number;
  role: Role;
  text: string;
  spans: Span[];
  how: string;
}

export interface SaidSession {
  session_id: string;
  created_at: string;
  recorded_at: string | null;
  policy_no: string | null;
  scenario: string | null;
  branch: string | null;
  agent_no: string | null;
  agent_name: string | null;
  product: string | null;
  verdict: SessionVerdict | null;
  score: number | null;
  duration: number | null;
  hits: SaidHit[];
  lines: number;
}

export interface ViewOut {
  id: string;
  name: string;
  filters: Record<string, string>;
  saved_at: string;
}

export interface Colleague {
  name: string;
  role: string | null;
  claimed: number | null;
  assigned: number | null;
}

export interface QueuePage {
  items: Queued[];
  next: string | null;
  counts: QueueCounts;
}

export interface ReviewRow {
  id: string;
  session_id: string;
  reason: string;
  state: ReviewState;
  due_at: string;
  severity: number;
  assignee: string | null;
  leased_until: string | null;
  outcome: string | null;
  note: string | null;
  decided_by: string | null;
  decided_at: string | null;
  final_outcome: string | null;
  final_note: string | null;
  final_by: string | null;
  final_at: string | null;
  seconds_spent: number;
  version: number;
  created_at: string;
}

export interface ReviewSession {
  id: string;
  policy_no: string | null;
  scenario: string | null;
  branch: string | null;
  agent_no: string | null;
  agent_name: string | null;
  product: string | null;
  recorded_at: string | null;
  duration: number | null;
  due_at: string | null;
  verdict: SessionVerdict | null;
  score: number | null;
  outcome: string | null;
}

export interface ShownFinding {
  item: string;
  product_index: number | null;
  title: string;
  kind: string;
  severity: Severity;
  verdict: ItemVerdict;
  reason_code: string;
  reason: string;
  fix: string | null;
  layer: "machine" | "consistency";
}

export interface ReviewEventRow {
  version: number;
  action: string;
  made_by: string;
  made_at: string;
  data: Record<string, unknown>;
}

export interface DecisionRow {
  stage: "first" | "final";
  item: string;
  product_index: number | null;
  machine_verdict: ItemVerdict;
  decision: Call;
  reason: string | null;
  note: string | null;
  made_by: string;
  made_at: string;
}

export interface MissedRow {
  stage: "first" | "final";
  item: string;
  start: number;
  end: number;
  note: string | null;
  made_by: string;
  made_at: string;
}

export interface CorrectionRow {
  id: string;
  made_by: string;
  made_at: string;
  corrections: Correction[];
}

export interface DraftRow {
  review_id: string;
  made_by: string;
  content: Record<string, unknown>;
  version: number;
  saved_at: string;
}

export interface AppealRow {
  id: string;
  text: string;
  items: string[];
  state: string;
  made_by: string;
  made_at: string;
}

export interface ReviewOut {
  review: ReviewRow;
  session: ReviewSession;
  inspection_version: number;
  newest_version: number;
  findings: ShownFinding[];
  history: ReviewEventRow[];
  decisions: DecisionRow[];
  missed: MissedRow[];
  appeals: AppealRow[];
  corrections: CorrectionRow[];
  draft: DraftRow | null;
  appeal_until: string | null;
  may: string[];
}

export interface Reason {
  id: string;
  decisions: Call[];
  zh: string;
  en: string;
  note: boolean;
}

export interface OutcomeChoice {
  id: OutcomeId;
  zh: string;
  en: string;
  ticket: string | null;
  not_with_confirmed: Severity[];
}

export interface Options {
  lease_seconds: number;
  needs_reason: Call[];
  reasons: Reason[];
  outcomes: OutcomeChoice[];
}

export type Correction =
  | { kind: "words"; utterance: number; text: string }
  | { kind: "speaker"; utterance: number; speaker: string }
  | { kind: "role"; speaker: string; role: Role }
  | { kind: "swap"; first: string; second: string };

export interface Moved {
  item: string;
  product_index: number | null;
  title: string;
  old: ItemVerdict | null;
  new: ItemVerdict | null;
  reason_code: string;
  reason: string;
}

export interface Corrected {
  session_id: string;
  version: number;
  verdict: SessionVerdict;
  score: number;
  before: SessionVerdict;
  corrections: number;
  changes: Moved[];
  pending: string[];
}

export interface Place {
  index: number;
  kind: string;
  name: string;
  offset: number;
  duration: number;
  video: boolean;
  audio: boolean;
}

export interface Voice {
  id: string;
  role: Role;
  confidence: number;
  seconds: number;
  why: string;
}

export interface Line {
  id: number;
  start: number;
  end: number;
  speaker: string | null;
  role: Role;
  text: string;
  confidence: number;
  timing: number[];
  human: boolean;
}

export interface Seen {
  id: string;
  role: Role;
  spans: Span[];
}

export interface Paper {
  start: number;
  end: number;
  title: string;
  text: string;
}

export interface Rule {
  id: string;
  title: string;
  kind: string;
  severity: Severity;
}

export interface Timeline {
  version: number;
  duration: number;
  nominal: boolean;
  parts: Place[];
  voices: Voice[];
  lines: Line[];
  speech: Span[];
  overlaps: Span[];
  people: Seen[];
  judged: Span[] | null;
  papers: Paper[];
  acts: { start: number; end: number; kind: string; document: string }[];
  rules: Rule[];
}

export interface Sound {
  per_second: number;
  length: number;
  parties: { role: Role; speakers: string[]; peaks: string }[];
  rest: string;
}

export interface SessionDetail {
  id: string;
  created_at: string;
  created_by: string;
  state: string;
  ruleset: string | null;
  policy_no: string | null;
  scenario: string | null;
  channel: string | null;
  region: string | null;
  branch: string | null;
  agent_no: string | null;
  agent_name: string | null;
  product: string | null;
  recorded_at: string | null;
  due_at: string | null;
  duration: number | null;
  verdict: SessionVerdict | null;
  outcome: string | null;
  score: number | null;
  retry_of: string | null;
  tags: string[];
  order: Record<string, unknown>;
  parts: { index: number; kind: string; file_name: string; bytes: number; media_type: string; has_rendition: boolean }[];
  jobs: { id: string; kind: string; state: string; progress: Record<string, number>; error: string | null }[];
  inspections: { version: number; ruleset: string; verdict: SessionVerdict; score: number; corrected: boolean; created_at: string }[];
}

/** Inspection JSON (schema 1): what the page of a session shows of it. */
export interface Evidence {
  start: number;
  end: number;
  role: Role;
  quote: string;
  matched: string;
  how: "text" | "pinyin" | "acoustic" | "ocr" | "face" | "signal" | "human";
  score: number;
  margin: number | null;
  frame: string | null;
  clip: string | null;
}

export interface Item {
  id: string;
  title: string;
  kind: string;
  severity: Severity;
  verdict: ItemVerdict;
  reason: string;
  reason_code: string;
  window: { start: number; end: number; coverage: number };
  confidence: number;
  product_index: number | null;
  notes: { code: string; text: string }[];
  basis: { key: string; title: string; article: string }[];
  evidence: Evidence[];
  concepts: { name: string; found: boolean; quote: string | null; value: number | string | null }[];
  answer: {
    class: string;
    start: number | null;
    end: number | null;
    quote: string | null;
    role: Role | null;
    latency: number | null;
  } | null;
  fix: string | null;
}

export interface Inspection {
  id: string;
  verdict: SessionVerdict;
  score: number;
  notes: { code: string; text: string }[];
  coverage: { speech: number | null; picture: number | null };
  ruleset: { id: string; version: string | null };
  items: Item[];
  order: Record<string, unknown>;
}
