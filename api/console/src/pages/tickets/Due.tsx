import dayjs from "dayjs";
import { Mark } from "@/components/marks";
import { useTexts } from "@/i18n/language";
import type { Ticket } from "./api";
import { texts } from "./texts";

const TONE = { 正常: "low", 警告: "high", 超时: "critical" } as const;

/** How many working days a ticket has left; its last day as the title. */
export function Due({ ticket }: { ticket: Ticket }) {
  const words = useTexts(texts);
  if (ticket.closed_at) return <span className="muted">{words.closed}</span>;
  const left = ticket.working_days_left;
  if (!ticket.due_at || left === null) return <span className="muted" title={ticket.missing.join(", ")}>{words.noDue}</span>;
  const over = ticket.standing === "超时";
  const text = over ? (left === 0 ? words.justOver : words.daysOver(String(Math.abs(left)))) : left === 0 ? words.dueToday : words.daysLeft(String(left));
  return <Mark tone={TONE[ticket.standing]} title={dayjs(ticket.due_at).format("YYYY-MM-DD")}>{text}</Mark>;
}
