import { useTexts } from "@/i18n/language";
import { change } from "./figure";
import { figureTexts } from "./texts";

const FLAT = 0.05;

/** By how many points a share moved; green or red by which way is good, with a sign for who sees no colours. */
export function Delta({ now, before, better }: { now: number | null; before: number | null; better: "more" | "less" | null }) {
  const words = useTexts(figureTexts);
  const points = change(now, before);
  if (points === null) return <span className="delta flat">—</span>;
  const flat = Math.abs(points) < FLAT;
  const tone = flat || better === null ? "flat" : points > 0 === (better === "more") ? "good" : "bad";
  const sign = flat ? "±" : points > 0 ? "▲ +" : "▼ −";
  const size = Math.abs(points).toFixed(1);
  return <span className={`delta num ${tone}`} title={words.points(`${points > 0 ? "+" : "−"}${size}`)}>{sign}{size}</span>;
}
