/** A file that was handed in with an appeal. */
export interface AppealFile {
  id: string;
  name: string;
  media_type: string;
  bytes: number;
}

export function fileAddress(review: string, file: string): string {
  return `/v1/reviews/${review}/appeal/files/${file}`;
}

export const TAKEN = ["image/jpeg", "image/png", "application/pdf"];
export const LARGEST_MB = 5;

/** Bytes as people read them. */
export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(0)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
