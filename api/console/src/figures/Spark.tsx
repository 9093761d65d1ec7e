const WIDTH = 120;
const HEIGHT = 26;
const EDGE = 3;

/** A small course of shares; gaps where there was nothing to count. */
export function Spark({ values, label }: { values: readonly (number | null)[]; label: string }) {
  const most = Math.max(0.01, ...values.map((one) => one ?? 0));
  const step = values.length > 1 ? (WIDTH - 2 * EDGE) / (values.length - 1) : 0;
  const points = values.map((one, at) =>
    one === null ? null : { x: values.length > 1 ? EDGE + at * step : WIDTH / 2, y: HEIGHT - EDGE - (one / most) * (HEIGHT - 2 * EDGE) },
  );
  const path = points.reduce((found, one, at) => {
    if (!one) return found;
    return `${found}${points[at - 1] ? "L" : "M"}${one.x.toFixed(1)} ${one.y.toFixed(1)}`;
  }, "");
  const last = points.filter((one) => one !== null).at(-1);
  return (
    <svg className="spark" width={WIDTH} height={HEIGHT} role="img" aria-label={label}>
      <path d={path} fill="none" stroke="var(--brand)" strokeWidth="1.5" />
      {last && <circle cx={last.x} cy={last.y} r="2.4" fill="var(--brand)" />}
    </svg>
  );
}
