import { address, type Query } from "@/api/client";
import { offline, problemOf } from "@/api/problem";

/** How records are asked for: with the key of a visit, or as somebody who has signed in. */
export interface Asking {
  get: <Value>(path: string, query?: Query) => Promise<Value>;
  post: <Value>(path: string, body?: unknown) => Promise<Value>;
}

export interface Visit {
  token: string;
  expires_at: string;
}

const KEPT = "mingjian.visit";

async function send<Value>(method: string, path: string, body: unknown, token: string | null): Promise<Value> {
  const headers = new Headers({ Accept: "application/json" });
  if (body !== undefined) headers.set("Content-Type", "application/json");
  if (token) headers.set("Authorization", `Bearer ${token}`);
  let response: Response;
  try {
    response = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), credentials: "omit" });
  } catch {
    throw offline();
  }
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as Value;
}

/** Uses a one-time link; the key lasts as long as the visit, in this window alone. Raises Problem. */
export async function enter(secret: string): Promise<Visit> {
  const visit = await send<Visit>("POST", "/v1/my/login", { secret }, null);
  try {
    window.sessionStorage.setItem(KEPT, JSON.stringify(visit));
  } catch {
    // a browser that keeps nothing: the visit lasts until the page is reloaded
  }
  return visit;
}

/** The visit that this window is on, if it has not ended. */
export function current(now: number = Date.now()): Visit | null {
  try {
    const kept = JSON.parse(window.sessionStorage.getItem(KEPT) ?? "null") as Visit | null;
    return kept && Date.parse(kept.expires_at) > now ? kept : null;
  } catch {
    return null;
  }
}

export function end(): void {
  try {
    window.sessionStorage.removeItem(KEPT);
  } catch {
    // nothing was kept
  }
}

export function asVisitor(visit: Visit): Asking {
  return {
    get: (path, query) => send("GET", address(path, query), undefined, visit.token),
    post: (path, body) => send("POST", path, body ?? {}, visit.token),
  };
}

/** The secret of a link: behind the `#` of the address, or pasted with all around it. */
export function secretOf(text: string): string {
  const found = text.trim();
  const at = found.lastIndexOf("#");
  return at < 0 ? found : found.slice(at + 1);
}
