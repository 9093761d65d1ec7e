import type { ReactNode } from "react";
import { Link } from "react-router-dom";
import { useTexts } from "@/i18n/language";
import { count, listAddress } from "./figure";
import { figureTexts } from "./texts";
import "./figures.css";

interface Props {
  /** How many sessions there are behind it; none: nothing to open. */
  n: number;
  /** Where the interface lists them. */
  link: string;
  /** What is counted, for the list's title and for who hears the page. */
  title: string;
  children?: ReactNode;
}

/** A number that opens the sessions behind it. */
export function NumberLink({ n, link, title, children }: Props) {
  const words = useTexts(figureTexts);
  if (!n) return <span className="num muted">{children ?? 0}</span>;
  return (
    <Link className="num figure-link" to={listAddress(link, title)}>
      {children ?? count(n)}
      <span className="sr-only"> {words.openSessions(count(n), title)}</span>
    </Link>
  );
}
