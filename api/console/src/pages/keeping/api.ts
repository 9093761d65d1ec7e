export interface Candidate {
  session_id: string;
  policy_no: string | null;
  branch: string | null;
  created_at: string;
  purge_after: string;
}

export interface Purge {
  id: string;
  session_id: string;
  requested_by: string;
  requested_at: string;
  approved_by: string | null;
  approved_at: string | null;
  state: "requested" | "refused" | "done";
  note: string | null;
}

export interface Hold {
  id: string;
  session_id: string;
  reason: string;
  placed_by: string;
  placed_at: string;
  dispute_ended_at: string | null;
  ends_after: string | null;
}

export interface Held extends Hold {
  policy_no: string | null;
  branch: string | null;
}

/** How long a session is kept, and what stands against removing it. */
export interface Kept {
  session_id: string;
  purge_after: string | null;
  may_go: boolean;
  obstacles: { code: string; zh: string; en: string; until: string | null }[];
  holds: Hold[];
}
