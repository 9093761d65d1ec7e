import { useTexts } from "@/i18n/language";
import { texts } from "./texts";

/** What a clock is founded on where no clause names it. */
const PRACTICE = "practice";

/** The clause that a ticket's clock is founded on. */
export function Basis({ basis }: { basis: string | null }) {
  const words = useTexts(texts);
  return basis === PRACTICE ? <span className="small muted">{words.practice}</span> : <span className="mono small muted">{basis ?? "—"}</span>;
}
