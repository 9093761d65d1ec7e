import type { ReactNode } from "react";

/** The head of a page: its name, what it is about, what can be done. */
export function PageHead({ title, hint, extra }: { title: ReactNode; hint?: ReactNode; extra?: ReactNode }) {
  return (
    <header style={{ display: "flex", alignItems: "baseline", gap: 12, marginBottom: 12, flexWrap: "wrap" }}>
      <h1 style={{ margin: 0, fontSize: 19, fontWeight: 600 }}>{title}</h1>
      {hint && <span className="muted">{hint}</span>}
      <div style={{ flex: 1 }} />
      {extra}
    </header>
  );
}
