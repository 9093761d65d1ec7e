import { useCallback } from "react";
import { useSearchParams } from "react-router-dom";

/** Names and what they become in the address; without a value they leave it. */
export type Change = Record<string, string | null | undefined>;

/** What the page is asked for, as it stands in its address, and a way to change some of it. */
export function useAddress(): [URLSearchParams, (change: Change) => void] {
  const [asked, put] = useSearchParams();
  const ask = useCallback(
    (change: Change) =>
      put(
        (before) => {
          const after = new URLSearchParams(before);
          for (const [name, value] of Object.entries(change)) {
            if (value) after.set(name, value);
            else after.delete(name);
          }
          return after;
        },
        { replace: true },
      ),
    [put],
  );
  return [asked, ask];
}
