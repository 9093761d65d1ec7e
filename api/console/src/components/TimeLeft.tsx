import dayjs from "dayjs";
import { common } from "@/i18n/common";
import { useTexts } from "@/i18n/language";
import { left } from "./time";
import { Mark } from "./marks";

const SOON_S = 24 * 3600;

/** How long until something is due; the moment itself as its title. `seconds` below 0: overdue. */
export function TimeLeft({ seconds, at }: { seconds: number; at: string }) {
  const words = useTexts(common);
  const { overdue, unit, count } = left(seconds);
  const text = words[unit](count);
  const tone = overdue ? "critical" : seconds < SOON_S ? "high" : "low";
  return <Mark tone={tone} title={dayjs(at).format("YYYY-MM-DD HH:mm")}>{overdue ? words.overdue(text) : text}</Mark>;
}
