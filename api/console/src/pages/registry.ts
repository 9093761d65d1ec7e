import type { ComponentType, ReactNode } from "react";
import type { Role } from "@/api/session";

/** A page of the console, as `pages/<name>/page.tsx` exports it (`export const page: Page`). */
export interface Page {
  /** The path below /console, as the router takes it: `/sessions/:sessionId`. */
  path: string;
  /** Name in both languages: of the browser's tab, and in the navigation. */
  title: { zh: string; en: string };
  /** Who may see it; "anybody": also who has not signed in (then without the frame). */
  roles: readonly Role[] | "anybody";
  /** Where it stands in the navigation; without, it has no place there. */
  nav?: { order: number; icon: ReactNode };
  /** Whether the page fills the window itself and scrolls inside (session page), instead of scrolling as a whole. */
  fills?: boolean;
  /** The page itself, loaded when it is first opened. */
  load: () => Promise<{ default: ComponentType }>;
}

const found = import.meta.glob<{ page: Page } | { pages: Page[] }>("./*/page.tsx", { eager: true });

/** Every page there is: whoever adds a folder with a page.tsx adds a page. */
export const pages: readonly Page[] = Object.values(found).flatMap((one) => ("pages" in one ? one.pages : [one.page]));

/** The pages of the navigation for one role, in their order. */
export function navigation(role: Role): Page[] {
  return pages
    .filter((one) => one.nav && one.roles !== "anybody" && one.roles.includes(role))
    .sort((a, b) => (a.nav?.order ?? 0) - (b.nav?.order ?? 0));
}

/** Where somebody begins their day: the first page of their navigation. */
export function home(role: Role): string {
  return navigation(role)[0]?.path ?? "/nothing";
}
