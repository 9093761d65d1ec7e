import type { ReactNode } from "react";
import "./figures.css";

interface Props {
  title: ReactNode;
  hint?: ReactNode;
  extra?: ReactNode;
  children: ReactNode;
  className?: string;
  id?: string;
}

/** A part of a page with its own name. */
export function Panel({ title, hint, extra, children, className = "", id }: Props) {
  return (
    <section className={`panel ${className}`} id={id}>
      <div className="panel-head">
        <h2>{title}</h2>
        {hint && <span className="muted">{hint}</span>}
        <div className="panel-extra">{extra}</div>
      </div>
      {children}
    </section>
  );
}
