import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { api, onSignedOut, setMark } from "./client";
import { Problem } from "./problem";

export type Role =
  | "uploader"
  | "reviewer"
  | "senior_reviewer"
  | "compliance"
  | "administrator"
  | "auditor"
  | "branch"
  | "customer";

/** Who has signed in. */
export interface Me {
  name: string;
  role: Role;
  person: boolean;
  branch: string | null;
  staff_no: string | null;
  scopes: string[];
  csrf: string | null;
}

interface SignedIn {
  /** undefined: not known yet. null: nobody. */
  me: Me | null | undefined;
  /** Whether the log-in has ended while somebody was at work: a window asks for it, the page stays. */
  expired: boolean;
  signIn: (name: string, password: string) => Promise<Me>;
  signOut: () => Promise<void>;
  adopt: (me: Me) => void;
}

const Who = createContext<SignedIn | null>(null);

async function whoNow(): Promise<Me | null> {
  try {
    const response = await fetch("/v1/me", { credentials: "same-origin" });
    return response.ok ? ((await response.json()) as Me) : null;
  } catch {
    return null;
  }
}

/** Whether the caller has one of these roles. */
export function has(me: Me | null | undefined, ...roles: Role[]): boolean {
  return !!me && roles.includes(me.role);
}

export function SessionProvider({ children }: { children: ReactNode }) {
  const [me, setMe] = useState<Me | null>();
  const [expired, setExpired] = useState(false);
  const waiting = useRef<{ promise: Promise<void>; resolve: () => void } | null>(null);
  const known = useRef<Me | null>(null);

  const adopt = useCallback((found: Me) => {
    setMark(found.csrf);
    // Somebody else at the same desk must not find the page of who was there before.
    if (known.current && known.current.name !== found.name) {
      window.location.assign("/console/");
      return;
    }
    known.current = found;
    setMe(found);
    setExpired(false);
    waiting.current?.resolve();
    waiting.current = null;
  }, []);

  useEffect(() => {
    onSignedOut(() => {
      if (!known.current) {
        setMe(null);
        return Promise.reject(
          new Problem({ status: 401, code: "not_signed_in", number: "", zh: "请先登录。", en: "Please sign in." }),
        );
      }
      if (!waiting.current) {
        let resolve = () => {};
        const promise = new Promise<void>((done) => (resolve = done));
        waiting.current = { promise, resolve };
        // Somebody may have signed in again in another window: then the new mark is all that was missing.
        void whoNow().then((found) => (found ? adopt(found) : setExpired(true)));
      }
      return waiting.current.promise;
    });
    api.get<Me>("/v1/me").then(adopt, () => setMe((before) => before ?? null));
    return () => onSignedOut(null);
  }, [adopt]);

  const signIn = useCallback(
    async (name: string, password: string) => {
      const found = await api.post<Me>("/v1/login", { name, password });
      adopt(found);
      return found;
    },
    [adopt],
  );

  const signOut = useCallback(async () => {
    try {
      await api.post("/v1/logout");
    } finally {
      known.current = null;
      setMark(null);
      setMe(null);
      setExpired(false);
    }
  }, []);

  const value = useMemo(() => ({ me, expired, signIn, signOut, adopt }), [me, expired, signIn, signOut, adopt]);
  return <Who.Provider value={value}>{children}</Who.Provider>;
}

export function useSession(): SignedIn {
  const found = useContext(Who);
  if (!found) throw new Error("SessionProvider is missing");
  return found;
}

/** Who has signed in; for pages that nobody else sees. */
export function useMe(): Me {
  const { me } = useSession();
  if (!me) throw new Error("nobody has signed in");
  return me;
}
