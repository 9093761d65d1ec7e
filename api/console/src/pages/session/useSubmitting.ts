import { App } from "antd";
import { useCallback, useRef, useState } from "react";
import { api, newKey } from "@/api/client";
import { asProblem, type Problem } from "@/api/problem";
import type { ReviewOut } from "@/api/types";
import { useLanguage, useTexts } from "@/i18n/language";
import { keyOf, type Draft, type Lack } from "./draft";
import { lackText } from "./SubmitPanel";
import { texts } from "./texts";
import type { ReviewWork } from "./useReview";

interface Wish {
  found: ReviewOut;
  work: ReviewWork;
  /** What is still to be filled in. */
  lacks: readonly Lack[];
  canDecide: boolean;
  isFinal: boolean;
  needsAppeal: boolean;
  onLack: (lack: Lack) => void;
  onDecided: (after: ReviewOut) => void;
}

export interface Submitting {
  submit: () => void;
  busy: boolean;
  /** Whether it has just been submitted. */
  done: boolean;
  /** Who changed the review meanwhile, where somebody did. */
  changed: Problem | null;
  close: () => void;
}

/** Submitting what was decided; sent twice, it still counts once. */
export function useSubmitting({ found, work, lacks, canDecide, isFinal, needsAppeal, onLack, onDecided }: Wish): Submitting {
  const words = useTexts(texts);
  const { language } = useLanguage();
  const { message } = App.useApp();
  const [changed, setChanged] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState(false);
  const key = useRef(newKey());
  const send = async () => {
    setBusy(true);
    const body = {
      ...bodyOf(found, work.draft),
      seconds_spent: work.seconds(),
      ...(isFinal && needsAppeal ? { appeal: work.draft.appeal } : {}),
    };
    try {
      const path = `/v1/reviews/${found.review.id}/${isFinal ? "final" : "decide"}`;
      const after = await api.post<ReviewOut>(path, body, { key: key.current });
      work.forget();
      onDecided(after);
      setDone(true);
    } catch (error) {
      const problem = asProblem(error);
      // The same wish keeps its key only while it is not known what became of it.
      if (!problem.isOffline) key.current = newKey();
      if (problem.code === "review_changed") setChanged(problem);
      else void message.error(problem.text(language), 6);
    } finally {
      setBusy(false);
    }
  };
  const submit = () => {
    if (!canDecide || busy) return;
    const lack = lacks[0];
    if (lack) {
      onLack(lack);
      void message.warning(lackText(lack, words), 3);
    } else {
      void send();
    }
  };
  const close = useCallback(() => {
    setChanged(null);
    setDone(false);
  }, []);
  return { submit, busy, done, changed, close };
}

function bodyOf(found: ReviewOut, draft: Draft) {
  return {
    version: found.review.version,
    findings: found.findings.flatMap((one) => {
      const ruling = draft.rulings[keyOf(one)];
      return ruling
        ? [{ item: one.item, product_index: one.product_index, decision: ruling.decision, reason: ruling.reason, note: ruling.note.trim() || null }]
        : [];
    }),
    missed: draft.missed.map((one) => ({ ...one, note: one.note.trim() || null })),
    outcome: draft.outcome,
    note: draft.note.trim() || null,
  };
}
