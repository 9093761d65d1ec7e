import { App } from "antd";
import { useCallback, useState } from "react";
import { asProblem } from "@/api/problem";
import type { Corrected, Correction, Line, Voice } from "@/api/types";
import { common } from "@/i18n/common";
import { useLanguage, useTexts } from "@/i18n/language";
import { corrected } from "./draft";
import { roleName } from "./look";
import { texts } from "./texts";
import type { ReviewWork } from "./useReview";

const MOST_TOLD = 4;

export interface Correcting {
  /** The line whose words, or whose speaker, is being corrected. */
  editing: Line | null;
  speaking: Line | null;
  edit: (line: Line | null) => void;
  speak: (line: Line | null) => void;
  /** Lays a correction over what the machine heard; the rules judge at once, and what they say now is told. */
  lay: (added: Correction) => Promise<void>;
  /** Swaps the roles of the two who speak most, once the person has confirmed it. */
  swap: () => void;
}

/** Corrections of words, speakers and roles. */
export function useCorrecting(work: ReviewWork, voices: readonly Voice[], canCorrect: boolean): Correcting {
  const words = useTexts(texts);
  const shared = useTexts(common);
  const { language } = useLanguage();
  const { message, modal } = App.useApp();
  const [editing, edit] = useState<Line | null>(null);
  const [speaking, speak] = useState<Line | null>(null);
  const { draft } = work;

  const tell = useCallback(
    (laid: Corrected) => {
      const lines = laid.changes
        .filter((one) => one.old && one.new)
        .map((one) => words.moved(one.title, shared[one.old ?? "pass"], shared[one.new ?? "pass"]));
      void message.open({
        type: lines.length ? "success" : "info",
        duration: 6,
        content: (
          <span className="told" data-corrected={lines.length}>
            <b>{lines.length ? words.corrected : words.correctedSame}</b>
            {lines.slice(0, MOST_TOLD).map((one) => <span key={one}>{one}</span>)}
            {laid.pending.length > 0 && <span>{words.pending(laid.pending.length)}</span>}
          </span>
        ),
      });
    },
    [message, words, shared],
  );
  const lay = useCallback(
    async (added: Correction) => {
      try {
        const laid = await work.correct(corrected(draft.corrections, added), words.labelCorrection);
        if (laid) tell(laid);
        edit(null);
        speak(null);
      } catch (error) {
        void message.error(asProblem(error).text(language), 6);
      }
    },
    [work, draft, tell, message, language, words],
  );
  const swap = useCallback(() => {
    const [first, second] = [...voices].sort((a, b) => b.seconds - a.seconds);
    if (!canCorrect || !first || !second) return;
    modal.confirm({
      title: words.swapTitle,
      content: words.swapHint(`${first.id} ${roleName(first.role, shared)}`, `${second.id} ${roleName(second.role, shared)}`),
      okText: shared.confirm,
      cancelText: shared.cancel,
      onOk: () => lay({ kind: "swap", first: first.id, second: second.id }),
    });
  }, [voices, canCorrect, modal, words, shared, lay]);
  return { editing, speaking, edit, speak, lay, swap };
}
