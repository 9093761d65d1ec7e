import { useCallback, useEffect, useRef, useState } from "react";
import { api } from "@/api/client";
import { asProblem, type Problem } from "@/api/problem";
import type { Inspection, Listed, Options, ReviewOut, ReviewRow, SessionDetail, Sound, Timeline } from "@/api/types";

/** Everything the page of a session shows. `inspection` is null for who reviews without knowing it, and before there is one. */
export interface SessionData {
  found: ReviewOut;
  session: SessionDetail;
  inspection: Inspection | null;
  timeline: Timeline;
  options: Options;
}

export interface LoadedSession {
  data: SessionData | null;
  problem: Problem | null;
  sound: Sound | null;
  soundFailed: boolean;
  put: (found: ReviewOut) => void;
  reload: () => Promise<void>;
}

const PENDING = ["claimed", "open", "appealed"];
const EMPTY_TIMELINE: Timeline = {
  version: 0, duration: 0, nominal: false, parts: [], voices: [], lines: [], speech: [], overlaps: [], people: [],
  judged: null, papers: [], acts: [], rules: [],
};

/** The review that a session is opened for: the one asked for, else the one that waits, else the last. */
async function reviewOf(sessionId: string, asked: string | null): Promise<ReviewOut | null> {
  if (asked) return api.get<ReviewOut>(`/v1/reviews/${asked}`);
  const { items } = await api.get<Pick<Listed<ReviewRow>, "items">>("/v1/reviews", { session: sessionId });
  const chosen = items.find((one) => PENDING.includes(one.state)) ?? items.at(-1);
  return chosen ? api.get<ReviewOut>(`/v1/reviews/${chosen.id}`) : null;
}

/** A session nobody has to review: what was found, and nothing to decide. */
function unreviewed(session: SessionDetail): ReviewOut {
  const { id, policy_no, scenario, branch, agent_no, agent_name, product, recorded_at, duration, due_at, verdict, score, outcome } = session;
  const newest = session.inspections.at(-1)?.version ?? 0;
  return {
    review: {
      id: "", session_id: id, reason: "none", state: "final", due_at: due_at ?? session.created_at, severity: 0, assignee: null,
      leased_until: null, outcome: null, note: null, decided_by: null, decided_at: null, final_outcome: null, final_note: null,
      final_by: null, final_at: null, seconds_spent: 0, version: 0, created_at: session.created_at,
    },
    session: { id, policy_no, scenario, branch, agent_no, agent_name, product, recorded_at, duration, due_at, verdict, score, outcome },
    inspection_version: newest, newest_version: newest, findings: [], history: [], decisions: [], missed: [], appeals: [],
    corrections: [], draft: null, appeal_until: null, may: [],
  };
}

async function orNull<Value>(load: Promise<Value>, ...codes: string[]): Promise<Value | null> {
  try {
    return await load;
  } catch (error) {
    if (codes.includes(asProblem(error).code)) return null;
    throw error;
  }
}

async function load(sessionId: string, asked: string | null): Promise<SessionData> {
  const session = api.get<SessionDetail>(`/v1/sessions/${sessionId}`);
  const options = api.get<Options>("/v1/reviews/options");
  const review = await reviewOf(sessionId, asked);
  const version = review ? { version: review.inspection_version } : {};
  const [detail, chosen, inspection, timeline] = await Promise.all([
    session,
    options,
    orNull(api.get<Inspection>(`/v1/sessions/${sessionId}/inspection`, version), "not_allowed", "not_inspected"),
    orNull(api.get<Timeline>(`/v1/sessions/${sessionId}/timeline`, version), "not_inspected"),
  ]);
  return {
    found: review ?? unreviewed(detail),
    session: detail,
    inspection,
    timeline: timeline ?? EMPTY_TIMELINE,
    options: chosen,
  };
}

export function useSessionData(sessionId: string, asked: string | null): LoadedSession {
  const [data, setData] = useState<SessionData | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [sound, setSound] = useState<Sound | null>(null);
  const [soundFailed, setSoundFailed] = useState(false);
  const round = useRef(0);

  const reload = useCallback(async () => {
    const mine = ++round.current;
    try {
      const loaded = await load(sessionId, asked);
      if (mine !== round.current) return;
      setData(loaded);
      setProblem(null);
    } catch (error) {
      if (mine === round.current) setProblem(asProblem(error));
    }
  }, [sessionId, asked]);

  useEffect(() => {
    setData(null);
    setSound(null);
    setSoundFailed(false);
    void reload();
    return () => void (round.current += 1);
  }, [reload]);

  // Who is heard where changes with corrections: the sound of each party is asked for with its version.
  const version = data?.timeline.version;
  useEffect(() => {
    if (version === undefined) return undefined;
    const stop = new AbortController();
    api
      .get<Sound>(`/v1/sessions/${sessionId}/waveform`, version ? { version } : {}, { signal: stop.signal })
      .then(setSound)
      .catch(() => void (stop.signal.aborted || setSoundFailed(true)));
    return () => stop.abort();
  }, [sessionId, version]);

  const put = useCallback((found: ReviewOut) => setData((before) => (before ? { ...before, found } : before)), []);
  return { data, problem, sound, soundFailed, put, reload };
}
