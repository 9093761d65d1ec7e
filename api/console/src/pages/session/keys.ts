/** What keys do on the page of a session. One table: the page acts by it, the help shows it. */
export type Action =
  | "play"
  | "back"
  | "forward"
  | "backMore"
  | "forwardMore"
  | "slower"
  | "faster"
  | "skipSilence"
  | "nextFinding"
  | "previousFinding"
  | "playFinding"
  | "confirm"
  | "overturn"
  | "cannotTell"
  | "note"
  | "undo"
  | "redo"
  | "editText"
  | "changeSpeaker"
  | "swapRoles"
  | "spanStart"
  | "spanEnd"
  | "markMissed"
  | "outcome"
  | "submit"
  | "claim"
  | "search"
  | "follow"
  | "help"
  | "close";

export interface Binding {
  action: Action;
  /** Keys as KeyboardEvent.key gives them, lower case; `mod+` is Ctrl or ⌘, `shift+` as it says. */
  keys: string[];
  group: "play" | "findings" | "decide" | "correct" | "finish" | "general";
}

export const BINDINGS: readonly Binding[] = [
  { action: "play", keys: [" "], group: "play" },
  { action: "back", keys: ["arrowleft"], group: "play" },
  { action: "forward", keys: ["arrowright"], group: "play" },
  { action: "backMore", keys: ["shift+arrowleft"], group: "play" },
  { action: "forwardMore", keys: ["shift+arrowright"], group: "play" },
  { action: "slower", keys: ["-"], group: "play" },
  { action: "faster", keys: ["=", "shift++", "+"], group: "play" },
  { action: "skipSilence", keys: ["g"], group: "play" },
  { action: "follow", keys: ["f"], group: "play" },
  { action: "nextFinding", keys: ["j", "arrowdown"], group: "findings" },
  { action: "previousFinding", keys: ["k", "arrowup"], group: "findings" },
  { action: "playFinding", keys: ["enter"], group: "findings" },
  { action: "confirm", keys: ["1"], group: "decide" },
  { action: "overturn", keys: ["2"], group: "decide" },
  { action: "cannotTell", keys: ["3"], group: "decide" },
  { action: "note", keys: ["n"], group: "decide" },
  { action: "undo", keys: ["z", "mod+z"], group: "decide" },
  { action: "redo", keys: ["shift+z", "mod+shift+z", "mod+y"], group: "decide" },
  { action: "editText", keys: ["e"], group: "correct" },
  { action: "changeSpeaker", keys: ["s"], group: "correct" },
  { action: "swapRoles", keys: ["w"], group: "correct" },
  { action: "spanStart", keys: ["["], group: "correct" },
  { action: "spanEnd", keys: ["]"], group: "correct" },
  { action: "markMissed", keys: ["m"], group: "correct" },
  { action: "claim", keys: ["c"], group: "finish" },
  { action: "outcome", keys: ["o"], group: "finish" },
  { action: "submit", keys: ["mod+enter"], group: "finish" },
  { action: "search", keys: ["/"], group: "general" },
  { action: "help", keys: ["?", "shift+?"], group: "general" },
  { action: "close", keys: ["escape"], group: "general" },
];

/** What is needed of a KeyboardEvent to know what it means. */
export interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

const BY_KEY = new Map(BINDINGS.flatMap((one) => one.keys.map((key) => [key, one.action] as const)));
/** What still works while somebody types. */
const WHILE_TYPING: ReadonlySet<Action> = new Set(["submit", "close"]);

/** The action of a key; null for a key that does nothing here. `typing`: the key goes into a field of text. */
export function actionOf(pressed: Pressed, typing: boolean): Action | null {
  if (pressed.altKey) return null;
  const mod = pressed.ctrlKey || pressed.metaKey ? "mod+" : "";
  const shift = pressed.shiftKey ? "shift+" : "";
  const action = BY_KEY.get(`${mod}${shift}${pressed.key.toLowerCase()}`) ?? null;
  return action && typing && !WHILE_TYPING.has(action) ? null : action;
}

const NAMES: Record<string, string> = {
  " ": "Space",
  arrowleft: "←",
  arrowright: "→",
  arrowup: "↑",
  arrowdown: "↓",
  escape: "Esc",
  enter: "Enter",
};

/** A key as the help writes it. */
export function keyName(key: string): string {
  if (key === " " ) return "Space";
  return key
    .split(/\+(?=.)/)
    .map((part) => (part === "mod" ? "Ctrl" : part === "shift" ? "Shift" : (NAMES[part] ?? part.toUpperCase())))
    .join(" + ");
}
