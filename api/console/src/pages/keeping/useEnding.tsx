import { DatePicker } from "antd";
import dayjs from "dayjs";
import { useCallback } from "react";
import { api } from "@/api/client";
import { useTexts } from "@/i18n/language";
import type { Hold } from "./api";
import { texts } from "./texts";
import { useDeed } from "./useDeed";

/** Asks when the dispute of a hold ended, and tells the server. */
export function useEnding(after: () => void): (hold: Hold) => void {
  const words = useTexts(texts);
  const deed = useDeed(after);
  return useCallback(
    (hold) => {
      let day = dayjs().startOf("day");
      deed({
        title: words.endTitle,
        content: (
          <>
            <p className="muted">{hold.reason}</p>
            <DatePicker aria-label={words.endTitle} allowClear={false} defaultValue={day} disabledDate={(one) => one.isAfter(dayjs())} onChange={(one) => (day = one.startOf("day"))} />
            <p className="muted">{words.endHint}</p>
          </>
        ),
        ok: words.end,
        act: () => api.post(`/v1/keeping/holds/${hold.id}/end`, { ended_at: day.toISOString() }),
        done: words.ended,
      });
    },
    [deed, words],
  );
}
