/** Seconds as a clock: `1:05`, `12:30`, `1:02:03`; with `tenths` also `1:05.3`. */
export function clock(seconds: number, tenths = false): string {
  const total = Math.max(0, tenths ? Math.floor(seconds * 10 + 1e-6) / 10 : Math.floor(seconds + 1e-6));
  const whole = Math.floor(total);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = String(whole % 60).padStart(2, "0");
  const head = hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
  return tenths ? `${head}.${Math.round((total - whole) * 10)}` : head;
}

/** Time left in its largest unit: `{ overdue, unit, count }`. Below a minute counts as one. */
export function left(seconds: number): { overdue: boolean; unit: "days" | "hours" | "minutes"; count: number } {
  const size = Math.abs(seconds);
  const overdue = seconds < 0;
  if (size >= 2 * 86_400) return { overdue, unit: "days", count: Math.floor(size / 86_400) };
  if (size >= 2 * 3600) return { overdue, unit: "hours", count: Math.floor(size / 3600) };
  return { overdue, unit: "minutes", count: Math.max(1, Math.floor(size / 60)) };
}
