import { useCallback } from "react";
import { api } from "@/api/client";
import type { ViewOut } from "@/api/types";
import { useLoad } from "@/api/useLoad";
import { filtersOf, searchOf, type Filters } from "./views";

/** A set of filters that somebody keeps under a name. */
export interface View {
  id: string;
  name: string;
  filters: Filters;
}

interface Views {
  views: readonly View[];
  /** Keeps a view; one of the same name is replaced. */
  keep: (name: string, filters: Filters) => Promise<void>;
  drop: (view: View) => Promise<void>;
}

/** The views that one keeps: with one's account, at whatever desk one sits. */
export function useViews(): Views {
  const found = useLoad((signal) => api.get<{ items: ViewOut[] }>("/v1/me/views", undefined, { signal }), []);
  const { reload } = found;
  const keep = useCallback(
    async (name: string, filters: Filters) => {
      await api.post("/v1/me/views", { name, filters: Object.fromEntries(searchOf(filters)) });
      reload();
    },
    [reload],
  );
  const drop = useCallback(
    async (view: View) => {
      await api.delete(`/v1/me/views/${view.id}`);
      reload();
    },
    [reload],
  );
  const views = (found.data?.items ?? []).map(({ id, name, filters }) => ({ id, name, filters: filtersOf(new URLSearchParams(filters)) }));
  return { views, keep, drop };
}
