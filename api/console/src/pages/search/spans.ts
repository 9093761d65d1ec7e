/** Part of a line; `found`: it is what was looked for. */
export interface Piece {
  text: string;
  found: boolean;
}

/** A line cut where something was found. `spans`: from and until by characters (code points), in any order. */
export function piecesOf(text: string, spans: readonly (readonly [number, number])[]): Piece[] {
  const characters = Array.from(text);
  const marked = characters.map(() => false);
  for (const [from, until] of spans) marked.fill(true, Math.max(0, from), Math.min(characters.length, until));
  const pieces: Piece[] = [];
  for (const [index, character] of characters.entries()) {
    const found = marked[index] ?? false;
    const last = pieces.at(-1);
    if (last && last.found === found) last.text += character;
    else pieces.push({ text: character, found });
  }
  return pieces;
}
