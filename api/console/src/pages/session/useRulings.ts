import { App, type InputRef } from "antd";
import { useCallback, useState, type RefObject } from "react";
import type { Options } from "@/api/types";
import { useTexts } from "@/i18n/language";
import type { Ruling } from "./draft";
import type { Case } from "./look";
import { texts } from "./texts";
import type { ReviewWork } from "./useReview";

export interface Rulings {
  /** The finding whose reason is being chosen by a digit. */
  picking: string | null;
  setPicking: (key: string | null) => void;
  rule: (one: Case, ruling: Ruling | null, merge?: boolean) => void;
  /** Decides the chosen finding, and asks for the reason. */
  call: (decision: Ruling["decision"]) => void;
  /** Takes the reason with this digit. */
  pick: (digit: number) => void;
}

/** What is decided of each finding, by mouse and by key. */
export function useRulings(
  work: ReviewWork,
  options: Options,
  cases: readonly Case[],
  selected: string | null,
  canDecide: boolean,
  noteField: RefObject<InputRef>,
): Rulings {
  const words = useTexts(texts);
  const { message } = App.useApp();
  const [picking, setPicking] = useState<string | null>(null);
  const { draft } = work;
  const rule = useCallback(
    (one: Case, ruling: Ruling | null, merge = false) => {
      const rulings = { ...draft.rulings };
      if (ruling) rulings[one.key] = ruling;
      else delete rulings[one.key];
      work.change({ ...draft, rulings }, words.labelRuling(one.shown.title), merge);
    },
    [draft, work, words],
  );
  const call = (decision: Ruling["decision"]) => {
    const one = cases.find((each) => each.key === selected);
    if (!one) return;
    if (!canDecide) {
      void message.info(words.claimHint);
      return;
    }
    rule(one, { decision, reason: null, note: draft.rulings[one.key]?.note ?? "" });
    setPicking(one.key);
  };
  const pick = (digit: number) => {
    const one = cases.find((each) => each.key === picking);
    const ruling = one && draft.rulings[one.key];
    const reason = ruling && options.reasons.filter((each) => each.decisions.includes(ruling.decision))[digit - 1];
    if (!one || !ruling || !reason) return;
    rule(one, { ...ruling, reason: reason.id });
    setPicking(null);
    if (reason.note) noteField.current?.focus();
  };
  return { picking, setPicking, rule, call, pick };
}
