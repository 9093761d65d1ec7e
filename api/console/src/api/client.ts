import { offline, problemOf } from "./problem";

/** Values of a query; a list is given once for each, null and undefined are left out. */
export type Query = Record<string, string | number | boolean | null | undefined | readonly string[]>;

export interface Options {
  query?: Query;
  signal?: AbortSignal;
  /** Of a POST: the same key for the same wish, however often it is sent. One is made when none is given. */
  key?: string;
  /** Send it although the page is being left. */
  keepalive?: boolean;
}

type Method = "GET" | "POST" | "PUT" | "DELETE";

const PAUSES_MS = [400, 1200, 3000];
let mark: string | null = null;
let signInAgain: (() => Promise<void>) | null = null;

/** The mark that writes need (X-CSRF-Token), as log-in and /v1/me give it. */
export function setMark(given: string | null): void {
  mark = given;
}

/** What to do when a log-in has ended: resolves once somebody has signed in again, and the request is sent once more. */
export function onSignedOut(handler: (() => Promise<void>) | null): void {
  signInAgain = handler;
}

/** An address with its query. */
export function address(path: string, query: Query = {}): string {
  const found = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === "") continue;
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [value]) found.append(name, String(one));
  }
  const text = found.toString();
  return text ? `${path}?${text}` : path;
}

export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => window.setTimeout(resolve, ms));
}

function headersOf(method: Method, body: unknown, key: string | undefined): Headers {
  const headers = new Headers({ Accept: "application/json" });
  if (body !== undefined) headers.set("Content-Type", "application/json");
  if (method !== "GET" && mark) headers.set("X-CSRF-Token", mark);
  if (key) headers.set("Idempotency-Key", key);
  return headers;
}

/**
 * Sends a request. What may be sent twice (GET, PUT, DELETE, a POST with its key) is tried again while the network is
 * away; a log-in that has ended is asked for again, and nothing is lost.
 */
async function send(method: Method, path: string, body: unknown, options: Options): Promise<Response> {
  const key = method === "POST" ? (options.key ?? newKey()) : undefined;
  for (let attempt = 0; ; attempt += 1) {
    let response: Response;
    try {
      response = await fetch(address(path, options.query), {
        method,
        headers: headersOf(method, body, key),
        body: body === undefined ? undefined : JSON.stringify(body),
        credentials: "same-origin",
        signal: options.signal,
        keepalive: options.keepalive,
      });
    } catch (error) {
      if (options.signal?.aborted) throw error;
      const wait = PAUSES_MS[attempt];
      if (wait === undefined) throw offline();
      await pause(wait);
      continue;
    }
    if (response.ok) return response;
    const problem = await problemOf(response);
    const wait = PAUSES_MS[attempt];
    const signedOut = problem.code === "not_signed_in" || problem.code === "forgery";
    if (signedOut && signInAgain && attempt < PAUSES_MS.length) {
      await signInAgain();
      continue;
    }
    if (wait !== undefined && (problem.code === "idempotency_running" || (problem.status === 503 && method === "GET"))) {
      await pause(wait);
      continue;
    }
    throw problem;
  }
}

async function valueOf<Value>(response: Response): Promise<Value> {
  return (response.status === 204 ? undefined : await response.json()) as Value;
}

/** The interface of the server. All methods raise Problem. */
export const api = {
  async get<Value>(path: string, query?: Query, options: Options = {}): Promise<Value> {
    return valueOf<Value>(await send("GET", path, undefined, { ...options, query }));
  },
  async post<Value>(path: string, body: unknown = {}, options: Options = {}): Promise<Value> {
    return valueOf<Value>(await send("POST", path, body, options));
  },
  async put<Value>(path: string, body: unknown, options: Options = {}): Promise<Value> {
    return valueOf<Value>(await send("PUT", path, body, options));
  },
  async delete<Value = void>(path: string, options: Options = {}): Promise<Value> {
    return valueOf<Value>(await send("DELETE", path, undefined, options));
  },
  /** A file, such as a table to be kept. */
  async blob(path: string, query?: Query): Promise<Blob> {
    return (await send("GET", path, undefined, { query })).blob();
  },
};

/** Gives a file to the person as a download. */
export function download(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
