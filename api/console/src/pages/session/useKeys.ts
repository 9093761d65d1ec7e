import { useEffect, useRef } from "react";
import { actionOf, type Action } from "./keys";

const TEXT_TYPES = new Set(["text", "search", "password", "number", ""]);

/** Whether keys go into a field of text there. */
function types(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.tagName === "TEXTAREA") return true;
  return target instanceof HTMLInputElement && TEXT_TYPES.has(target.type);
}

function hasWindow(): boolean {
  return !!document.querySelector(".ant-modal-wrap:not([style*='display: none']) .ant-modal");
}

/**
 * Lets keys do what `acts` says. `pick` takes digits while a reason is being chosen. A window that is open has the
 * keyboard to itself; Enter and Space on a button are the button's.
 */
export function useKeys(acts: Partial<Record<Action, () => void>>, pick: ((digit: number) => void) | null): void {
  const latest = useRef({ acts, pick });
  latest.current = { acts, pick };
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || hasWindow()) return;
      const typing = types(event.target);
      const { acts: now, pick: picking } = latest.current;
      if (picking && !typing && /^[1-9]$/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        picking(Number(event.key));
        return;
      }
      const action = actionOf(event, typing);
      if (!action) return;
      const onControl = event.target instanceof Element && event.target.closest("button, a, summary, [role=radio], [role=combobox]");
      if (onControl && (event.key === "Enter" || event.key === " ") && action !== "submit") return;
      if (event.target instanceof Element && event.target.closest("[role=tablist], [role=combobox], .ant-select") && event.key.startsWith("Arrow")) return;
      const act = now[action];
      if (!act) return;
      event.preventDefault();
      act();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}
