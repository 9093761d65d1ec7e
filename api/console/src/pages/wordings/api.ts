export type State = "found" | "proposed" | "accepted" | "rejected";

export interface Trial {
  sessions?: number;
  session_flips?: number;
  pending?: number;
  faults?: number;
  flips?: { old: string; new: string; items: number }[];
  done?: boolean;
  at?: string;
}

export interface Wording {
  id: string;
  review_id: string;
  session_id: string;
  ruleset: string;
  item: string;
  product_index: number | null;
  title: string;
  concept: string | null;
  text: string | null;
  note: string | null;
  state: State;
  found_by: string;
  found_at: string;
  proposed_by: string | null;
  proposed_at: string | null;
  settled_by: string | null;
  settled_at: string | null;
  version: number | null;
  trial: Trial;
}

export interface WordingWhole extends Wording {
  reason: string | null;
  concepts: { name: string; found: boolean | null; phrases: string[] }[];
  lines: { start: number; end: number; role: string; text: string }[];
  fault: string | null;
}

export interface WordingPage {
  items: Wording[];
  next: string | null;
  counts: Record<State, number>;
}
