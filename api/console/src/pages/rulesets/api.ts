import type { ItemVerdict, SessionVerdict, Severity } from "@/components/marks";

export type State = "draft" | "proposed" | "published" | "withdrawn";

export interface Version {
  ruleset: string;
  version: number;
  sha256: string;
  ruleset_sha256: string | null;
  state: State;
  note: string | null;
  made_by: string;
  made_at: string;
  proposed_by: string | null;
  proposed_at: string | null;
  approved_by: string | null;
  approved_at: string | null;
  in_force: boolean;
}

export interface Known {
  id: string;
  title: string | null;
  version: string | null;
  sha256: string | null;
  source: "builtin" | State;
  number: number | null;
  scenarios: string[];
  rules: number;
  newest: Version[];
}

export interface PlainRule {
  id: string;
  title: string;
  kind: string;
  severity: Severity;
  says: string[];
  applies: string[];
  basis: string[];
  fix: string | null;
}

export interface Fault {
  file: string;
  line: number;
  column: number;
  where: string;
  zh: string;
  en: string;
}

export interface RuleSet {
  id: string;
  title: string | null;
  version: string | null;
  sha256: string | null;
  source: "builtin" | State;
  number: number | null;
  state: State | null;
  text: string;
  text_sha256: string | null;
  parts: { name: string; text: string }[];
  rules: PlainRule[];
  faults: Fault[];
}

export interface Example {
  rule: string;
  say: string;
  expected: ItemVerdict;
  found: ItemVerdict;
  reason: string;
  ok: boolean;
}

export interface Checked {
  ok: boolean;
  id: string | null;
  sha256: string | null;
  faults: Fault[];
  examples: number;
  failing: Example[];
  outcomes: Example[];
}

export interface Said {
  rule: string;
  title: string;
  verdict: ItemVerdict;
  reason: string;
  reason_code: string;
  concepts: { name: string; found: boolean; quote: string | null }[];
  matched: string[];
  answer: string | null;
}

export interface Change {
  item: string;
  title: string;
  old: ItemVerdict | null;
  new: ItemVerdict | null;
  reason: string | null;
  quote: string | null;
  start: number | null;
}

export interface Tried {
  items: { folder: string; old: SessionVerdict | null; new: SessionVerdict | null; changes: Change[]; fault: string | null }[];
  totals: {
    sessions: number;
    session_flips: number;
    flips: { old: string; new: string; items: number }[];
    pending: number;
    added: number;
    removed: number;
    faults: number;
  };
  next: string | null;
}

export interface Diff {
  lines: string[];
  added: string[];
  removed: string[];
  changed: string[];
}
