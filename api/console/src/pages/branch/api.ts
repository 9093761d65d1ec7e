import type { ItemVerdict, SessionVerdict, Severity } from "@/components/marks";
import type { AppealFile } from "@/appeal/files";

export interface BranchFinding {
  item: string;
  product_index: number | null;
  title: string;
  severity: Severity;
  verdict: ItemVerdict;
  reason: string;
  fix: string | null;
  basis: string[];
  quotes: { role: string; start: number; end: number; quote: string }[];
  missing: string[];
  answer: string | null;
  decision: "confirm" | "overturn" | "cannot_tell" | null;
}

export interface BranchAppeal {
  text: string;
  items: string[];
  made_by: string;
  made_at: string;
  state: "open" | "upheld" | "rejected";
  judged_at: string | null;
  judgement: string | null;
  files: AppealFile[];
}

export interface BranchReview {
  id: string;
  state: "open" | "decided" | "appealed" | "final";
  due_at: string;
  outcome: string | null;
  note: string | null;
  decided_at: string | null;
  appeal_until: string | null;
  may_appeal: boolean;
  version: number;
  appeals: BranchAppeal[];
}

export interface BranchSession {
  session_id: string;
  created_at: string;
  recorded_at: string | null;
  policy_no: string | null;
  scenario: string | null;
  product: string | null;
  agent_no: string | null;
  agent_name: string | null;
  retry_of: string | null;
  verdict: SessionVerdict | null;
  score: number | null;
  findings: BranchFinding[];
  reviews: BranchReview[];
  tickets: { id: string; kind: string; state: string; due_at: string | null; closed_at: string | null }[];
}
