const FULL_SCALE = 255;
/** Quiet speech shall be seen beside loud speech: amplitudes are drawn by this power of them. */
const POWER = 0.7;

/** The peaks of one party, 0..1, as loud as they are drawn: its loudest one reaches the top. */
export function levels(base64: string): Float32Array {
  const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
  const loudest = bytes.reduce((most, one) => Math.max(most, one), 0) || FULL_SCALE;
  return Float32Array.from(bytes, (one) => (one / loudest) ** POWER);
}
