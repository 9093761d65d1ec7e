import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, defaultHighlightStyle, foldGutter, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { forwardRef, useEffect, useImperativeHandle, useRef } from "react";
import { useLanguage } from "@/i18n/language";
import type { Fault } from "./api";

export interface EditorHandle {
  /** Shows a place and puts the cursor there. */
  goTo: (line: number, column: number) => void;
}

interface Props {
  text: string;
  onChange?: (text: string) => void;
  /** Faults of this very text. */
  faults?: readonly Fault[];
  label: string;
  onSave?: () => void;
}

const look = EditorView.theme({
  "&": { fontSize: "13px", height: "100%", backgroundColor: "var(--paper)" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55" },
  ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--ink-3)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine": { backgroundColor: "#f3f8f9" },
  "&.cm-focused": { outline: "2px solid var(--brand)", outlineOffset: "-2px" },
});
const INDENT = "  ";

/** A YAML editor with marks where the text is at fault. Escape, then Tab leaves it by keyboard. */
export const Editor = forwardRef<EditorHandle, Props>(function Editor({ text, onChange, faults, label, onSave }, handle) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef({ onChange, onSave });
  latest.current = { onChange, onSave };
  const editable = useRef(new Compartment());
  const { language } = useLanguage();
  const writable = !!onChange;

  useEffect(() => {
    if (!place.current) return undefined;
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: text,
        extensions: [
          lineNumbers(), foldGutter(), history(), drawSelection(), bracketMatching(), highlightActiveLine(), highlightSelectionMatches(),
          search({ top: true }), indentUnit.of(INDENT), syntaxHighlighting(defaultHighlightStyle, { fallback: true }), yaml(), lintGutter(), look,
          keymap.of([
            { key: "Mod-s", preventDefault: true, run: () => { latest.current.onSave?.(); return true; } },
            indentWithTab, ...defaultKeymap, ...historyKeymap, ...searchKeymap, ...lintKeymap,
          ]),
          EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
          editable.current.of([EditorState.readOnly.of(!writable), EditorView.editable.of(true)]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange?.(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
    // made once; what changes later is put in below
  }, []);

  useEffect(() => {
    const made = view.current;
    if (made && made.state.doc.toString() !== text) made.dispatch({ changes: { from: 0, to: made.state.doc.length, insert: text } });
  }, [text]);
  useEffect(() => {
    view.current?.dispatch({ effects: editable.current.reconfigure([EditorState.readOnly.of(!writable), EditorView.editable.of(true)]) });
  }, [writable]);
  useEffect(() => {
    const made = view.current;
    if (made) made.dispatch(setDiagnostics(made.state, (faults ?? []).map((one) => mark(made.state, one, language))));
  }, [faults, language, text]);
  useImperativeHandle(handle, () => ({
    goTo: (line, column) => {
      const made = view.current;
      if (!made) return;
      const found = made.state.doc.line(Math.min(Math.max(1, line), made.state.doc.lines));
      const at = Math.min(found.to, found.from + Math.max(0, column - 1));
      made.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
      made.focus();
    },
  }));
  return <div ref={place} className="rules-editor" />;
});

function mark(state: EditorState, fault: Fault, language: "zh" | "en"): Diagnostic {
  const line = state.doc.line(Math.min(Math.max(1, fault.line), state.doc.lines));
  const from = Math.min(line.to, line.from + Math.max(0, fault.column - 1));
  return { from, to: Math.max(from, line.to), severity: "error", message: language === "zh" ? fault.zh : fault.en };
}
