import { api } from "@/api/client";
import type { Colleague } from "@/api/types";
import { useLoad } from "@/api/useLoad";

/** Who reviews; how much they have is told to those alone who assign. None until they have come. */
export function useReviewers(): readonly Colleague[] {
  return useLoad((signal) => api.get<{ items: Colleague[] }>("/v1/reviews/reviewers", undefined, { signal }), []).data?.items ?? [];
}
