export type Kind = "callback" | "rectify" | "missell" | "verify";

export interface Ticket {
  id: string;
  kind: Kind;
  title: string;
  state: string;
  policy_no: string | null;
  session_id: string | null;
  branch: string | null;
  assignee: string | null;
  opened_at: string;
  found_at: string;
  not_before: string | null;
  due_at: string | null;
  basis: string | null;
  standing: "正常" | "警告" | "超时";
  working_days_left: number | null;
  closed_at: string | null;
  overdue_reason: string | null;
  tries: number;
  missing: string[];
  assumed: number[];
  can_happen: string[];
}

export interface TicketEvent {
  id: string;
  event: string;
  at: string;
  made_by: string;
  data: { note?: string; agreed?: string; session_id?: string; overdue_reason?: string; voids?: string };
}

export interface TicketWhole extends Ticket {
  step: string;
  non_sales: boolean;
  events: TicketEvent[];
}

/** What a branch may report of its own tickets (engine/duties/tickets.py). */
export const BY_BRANCH = ["handed_back", "rerecorded", "mended", "not_met", "questionnaire_signed", "withdrawn"];
