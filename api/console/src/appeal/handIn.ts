import { address } from "@/api/client";
import { problemOf } from "@/api/problem";
import { fileAddress, LARGEST_MB, TAKEN } from "./files";

/** Whether a file can be handed in at all; the server looks at its content too. */
export function isTaken(file: { type: string; size: number }): boolean {
  return TAKEN.includes(file.type) && file.size > 0 && file.size <= LARGEST_MB * 1024 * 1024;
}

/** Hands in a file with the open appeal of a review. Raises Problem. */
export async function handIn(review: string, file: File, mark: string | null): Promise<void> {
  const headers = new Headers({ "Content-Type": file.type });
  if (mark) headers.set("X-CSRF-Token", mark);
  const where = address(fileAddress(review, "").replace(/\/$/, ""), { name: file.name.slice(-120) });
  const response = await fetch(where, { method: "POST", headers, body: file, credentials: "same-origin" });
  if (!response.ok) throw await problemOf(response);
}
