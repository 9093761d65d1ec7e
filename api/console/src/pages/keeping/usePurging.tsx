import { Input } from "antd";
import { useCallback } from "react";
import { api } from "@/api/client";
import { useTexts } from "@/i18n/language";
import { texts } from "./texts";
import { useDeed } from "./useDeed";

/** Asks for a session to be removed, once the person has confirmed it. */
export function usePurging(after: () => void): (sessionId: string, name: string) => void {
  const words = useTexts(texts);
  const deed = useDeed(after);
  return useCallback(
    (sessionId, name) => {
      let note = "";
      deed({
        title: words.askTitle(name),
        content: (
          <>
            <p>{words.askHint}</p>
            <Input.TextArea rows={2} maxLength={2000} placeholder={words.note} aria-label={words.note} onChange={(event) => (note = event.target.value.trim())} />
          </>
        ),
        ok: words.ask,
        danger: true,
        act: () => api.post("/v1/keeping/purges", { session_id: sessionId, note: note || null }),
        done: words.asked,
      });
    },
    [deed, words],
  );
}
