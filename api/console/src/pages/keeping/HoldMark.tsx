import dayjs from "dayjs";
import { Mark } from "@/components/marks";
import { useTexts } from "@/i18n/language";
import type { Hold } from "./api";
import { texts } from "./texts";

/** Whether a hold lasts, until when it still does, or that it is over. */
export function HoldMark({ hold }: { hold: Hold }) {
  const words = useTexts(texts);
  if (!hold.dispute_ended_at || !hold.ends_after) return <Mark tone="high">{words.lasting}</Mark>;
  if (dayjs(hold.ends_after).isBefore(dayjs())) return <Mark tone="low">{words.over}</Mark>;
  return <Mark tone="medium">{words.until(dayjs(hold.ends_after).format("YYYY-MM-DD"))}</Mark>;
}
