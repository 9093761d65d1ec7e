import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { api } from "@/api/client";
import { asProblem, Problem } from "@/api/problem";
import type { Corrected, Correction, DraftRow, ReviewOut, ReviewRow } from "@/api/types";
import { begin, EMPTY, read, redo, sameCorrections, step, undo, type Draft, type History } from "./draft";

const SAVE_AFTER_MS = 700;
const AGAIN_AFTER_MS = 4000;
const BEAT_MS = 60_000;
const IDLE_MS = 90_000;

export type Saving = "none" | "unsaved" | "saving" | "saved" | "offline";

/** A draft of the same person that was saved in another window. */
export interface Elsewhere {
  version: number;
  draft: Draft;
}

export interface ReviewWork {
  draft: Draft;
  history: History;
  saving: Saving;
  elsewhere: Elsewhere | null;
  /** What ended the claim, while there is one to be told of. */
  lost: Problem | null;
  busy: boolean;
  change: (draft: Draft, label: string, merge?: boolean) => void;
  /** Changes the overlay of corrections; gives what it came to. */
  correct: (corrections: Correction[], label: string) => Promise<Corrected | null>;
  undo: () => Promise<string | null>;
  redo: () => Promise<string | null>;
  claim: () => Promise<void>;
  release: () => Promise<void>;
  takeElsewhere: () => void;
  keepHere: () => void;
  /** Seconds of work so far. */
  seconds: () => number;
  /** Saves at once, such as before the page is left. */
  flush: () => Promise<void>;
  forget: () => void;
}

function shelf(reviewId: string): string {
  return `mingjian.draft.${reviewId}`;
}

interface Shelved {
  content: Record<string, unknown>;
  version: number;
}

function shelved(reviewId: string): Shelved | null {
  try {
    return JSON.parse(window.sessionStorage.getItem(shelf(reviewId)) ?? "null") as Shelved | null;
  } catch {
    return null;
  }
}

/** The overlay of corrections that holds now: the last one of the session. */
function overlayOf(found: ReviewOut): Correction[] {
  return found.corrections.at(-1)?.corrections ?? [];
}

/**
 * What a reviewer does with a review: the draft with its way back, saved as it grows; the claim, kept alive; corrections,
 * laid over the transcript at once. `reload` fetches the review and what was found anew.
 */
export function useReview(found: ReviewOut, put: (found: ReviewOut) => void, reload: () => Promise<void>): ReviewWork {
  const id = found.review.id;
  const version = useRef(0);
  const [history, setHistory] = useState<History>(() => {
    const kept = shelved(id);
    const fromServer = found.draft;
    version.current = fromServer?.version ?? 0;
    // What this window could not save before it was reloaded is newer than what the server has of the same version.
    const content = kept && kept.version === version.current ? kept.content : (fromServer?.content ?? {});
    return begin({ ...read(content), corrections: overlayOf(found) });
  });
  const [saving, setSaving] = useState<Saving>(found.draft ? "saved" : "none");
  const [elsewhere, setElsewhere] = useState<Elsewhere | null>(null);
  const [lost, setLost] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const latest = useRef({ history, found });
  latest.current = { history, found };
  const timer = useRef(0);
  const worked = useRef(typeof found.draft?.content.seconds === "number" ? found.draft.content.seconds : 0);
  const mayWrite = found.may.includes("decide") || found.may.includes("final");
  const stopped = useRef(false);

  useEffect(() => {
    let active = Date.now();
    const note = () => (active = Date.now());
    const tick = window.setInterval(() => {
      if (!document.hidden && Date.now() - active < IDLE_MS) worked.current += 1;
    }, 1000);
    const events = ["pointerdown", "pointermove", "keydown", "wheel"] as const;
    for (const one of events) window.addEventListener(one, note, { passive: true });
    return () => {
      window.clearInterval(tick);
      for (const one of events) window.removeEventListener(one, note);
    };
  }, []);

  const save = useCallback(async () => {
    window.clearTimeout(timer.current);
    if (stopped.current) return;
    const saved = latest.current.history.now;
    const content = { ...saved, seconds: worked.current };
    setSaving("saving");
    try {
      const row = await api.put<DraftRow>(`/v1/reviews/${id}/draft`, { content, version: version.current });
      version.current = row.version;
      window.sessionStorage.removeItem(shelf(id));
      setSaving(latest.current.history.now === saved ? "saved" : "unsaved");
    } catch (error) {
      const problem = asProblem(error);
      if (problem.code === "draft_changed") {
        const current = problem.extra.current as { version: number; content: Record<string, unknown> };
        setElsewhere({ version: current.version, draft: { ...read(current.content), corrections: saved.corrections } });
        setSaving("unsaved");
        return;
      }
      setSaving("offline");
      timer.current = window.setTimeout(() => void save(), AGAIN_AFTER_MS);
    }
  }, [id]);

  const plan = useCallback(() => {
    if (stopped.current) return;
    setSaving("unsaved");
    const content = { ...latest.current.history.now, seconds: worked.current };
    window.sessionStorage.setItem(shelf(id), JSON.stringify({ content, version: version.current } satisfies Shelved));
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => void save(), SAVE_AFTER_MS);
  }, [id, save]);

  const put_ = useCallback(
    (next: History) => {
      latest.current.history = next;
      setHistory(next);
      plan();
    },
    [plan],
  );

  useEffect(() => {
    const online = () => void (latest.current.history.past.length > 0 && save());
    window.addEventListener("online", online);
    return () => {
      window.removeEventListener("online", online);
      window.clearTimeout(timer.current);
    };
  }, [save]);

  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (saving === "unsaved" || saving === "offline") event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [saving]);

  const isClaimed = found.review.state === "claimed" && found.may.includes("decide");
  useEffect(() => {
    if (!isClaimed) return undefined;
    const beat = window.setInterval(() => {
      api.post<ReviewRow>(`/v1/reviews/${id}/heartbeat`).then(
        () => setLost(null),
        (error: unknown) => {
          const problem = asProblem(error);
          if (!problem.isOffline && problem.status >= 400 && problem.status < 500) setLost(problem);
        },
      );
    }, BEAT_MS);
    return () => window.clearInterval(beat);
  }, [id, isClaimed]);

  const change = useCallback(
    (draft: Draft, label: string, merge = false) => {
      if (mayWrite) put_(step(latest.current.history, draft, label, merge));
    },
    [mayWrite, put_],
  );

  const lay = useCallback(
    async (corrections: Correction[]): Promise<Corrected> => {
      const { found: now } = latest.current;
      const laid = await api.post<Corrected>(`/v1/sessions/${now.session.id}/corrections`, {
        base: now.newest_version,
        corrections,
        instead: true,
      });
      await reload();
      return laid;
    },
    [reload],
  );

  const correct = useCallback(
    async (corrections: Correction[], label: string) => {
      setBusy(true);
      try {
        const laid = await lay(corrections);
        const { history: now } = latest.current;
        put_(step(now, { ...now.now, corrections }, label));
        return laid;
      } finally {
        setBusy(false);
      }
    },
    [lay, put_],
  );

  const travel = useCallback(
    async (way: (history: History) => History, label: (history: History) => string | undefined) => {
      const before = latest.current.history;
      const what = label(before);
      const after = way(before);
      if (after === before || what === undefined) return null;
      if (!sameCorrections(before.now.corrections, after.now.corrections)) {
        setBusy(true);
        try {
          await lay(after.now.corrections);
        } finally {
          setBusy(false);
        }
      }
      put_(after);
      return what;
    },
    [lay, put_],
  );

  const claim = useCallback(async () => {
    setBusy(true);
    try {
      put(await api.post<ReviewOut>(`/v1/reviews/${id}/claim`, { version: latest.current.found.review.version }));
      setLost(null);
    } finally {
      setBusy(false);
    }
  }, [id, put]);

  const release = useCallback(async () => {
    setBusy(true);
    try {
      await api.post(`/v1/reviews/${id}/release`, { seconds_spent: worked.current });
    } finally {
      setBusy(false);
    }
  }, [id]);

  const takeElsewhere = useCallback(() => {
    if (!elsewhere) return;
    version.current = elsewhere.version;
    setHistory(begin(elsewhere.draft));
    setElsewhere(null);
    setSaving("saved");
  }, [elsewhere]);

  const keepHere = useCallback(() => {
    if (!elsewhere) return;
    version.current = elsewhere.version;
    setElsewhere(null);
    void save();
  }, [elsewhere, save]);

  const flush = useCallback(async () => {
    if (saving === "unsaved") await save();
  }, [saving, save]);
  const forget = useCallback(() => {
    stopped.current = true;
    window.clearTimeout(timer.current);
    window.sessionStorage.removeItem(shelf(id));
  }, [id]);
  const seconds = useCallback(() => worked.current, []);
  const back = useCallback(() => travel(undo, (history) => history.past.at(-1)?.label), [travel]);
  const forth = useCallback(() => travel(redo, (history) => history.future.at(-1)?.label), [travel]);
  const draft = mayWrite ? history.now : EMPTY;
  return useMemo(
    () => ({
      draft, history, saving, elsewhere, lost, busy, change, correct, undo: back, redo: forth, claim, release,
      takeElsewhere, keepHere, seconds, flush, forget,
    }),
    [draft, history, saving, elsewhere, lost, busy, change, correct, back, forth, claim, release, takeElsewhere, keepHere, seconds, flush, forget],
  );
}
