import { useEffect, useRef, useState } from "react";

/** The time of a session, told to whatever follows it without drawing the whole page sixty times a second. */
export class Clock {
  private told = new Set<(time: number) => void>();
  private at = 0;

  get time(): number {
    return this.at;
  }

  set(time: number): void {
    if (time === this.at) return;
    this.at = time;
    for (const one of this.told) one(time);
  }

  /** Calls `follow` now and at each change, until the function it returns is called. */
  follow(follow: (time: number) => void): () => void {
    this.told.add(follow);
    follow(this.at);
    return () => void this.told.delete(follow);
  }
}

/** What `choose` makes of the time; the component is drawn again only when that changes. */
export function useAt<Value>(clock: Clock, choose: (time: number) => Value): Value {
  const chosen = useRef(choose);
  chosen.current = choose;
  const [value, setValue] = useState(() => choose(clock.time));
  useEffect(() => clock.follow((time) => setValue(chosen.current(time))), [clock]);
  // What is chosen may have changed with the component's own values.
  const now = choose(clock.time);
  return Object.is(now, value) ? value : now;
}
