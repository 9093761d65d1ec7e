import { Input, Modal, Select } from "antd";
import { useEffect, useState } from "react";
import type { Line, Role, Rule, Span, Voice } from "@/api/types";
import { clock as asClock } from "@/components/time";
import { common } from "@/i18n/common";
import { useTexts } from "@/i18n/language";
import type { Missed } from "./draft";
import { BINDINGS, keyName, type Binding } from "./keys";
import { roleName, SEVERITIES } from "./look";
import { texts } from "./texts";

/** Corrects what a line says. */
export function EditText({ line, busy, onSave, onClose }: { line: Line | null; busy: boolean; onSave: (text: string) => void; onClose: () => void }) {
  const words = useTexts(texts);
  const shared = useTexts(common);
  const [text, setText] = useState("");
  useEffect(() => setText(line?.text ?? ""), [line]);
  const save = () => (text.trim() !== line?.text ? onSave(text.trim()) : onClose());
  return (
    <Modal open={!!line} title={words.editTitle} okText={shared.save} cancelText={shared.cancel} confirmLoading={busy} onOk={save} onCancel={onClose} destroyOnClose>
      <p className="muted">{words.editHint}</p>
      <Input.TextArea
        autoFocus
        autoSize={{ minRows: 2, maxRows: 8 }}
        maxLength={20_000}
        aria-label={words.editTitle}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onPressEnter={(event) => {
          if (!event.nativeEvent.isComposing && !event.shiftKey) {
            event.preventDefault();
            save();
          }
        }}
      />
    </Modal>
  );
}

interface SpeakerProps {
  line: Line | null;
  voices: readonly Voice[];
  busy: boolean;
  onSpeaker: (speaker: string) => void;
  onRole: (speaker: string, role: Role) => void;
  onClose: () => void;
}

const ROLES: readonly Role[] = ["agent", "customer", "insured", "other"];

/** Says who spoke a line, or who a voice is throughout. */
export function ChangeSpeaker({ line, voices, busy, onSpeaker, onRole, onClose }: SpeakerProps) {
  const words = useTexts(texts);
  const shared = useTexts(common);
  useEffect(() => {
    if (!line) return undefined;
    const press = (event: KeyboardEvent) => {
      const voice = voices[Number(event.key) - 1];
      if (voice && !busy) onSpeaker(voice.id);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [line, voices, busy, onSpeaker]);
  return (
    <Modal open={!!line} title={words.speakerTitle} footer={null} onCancel={onClose} width={460} destroyOnClose>
      <blockquote className="said-line">“{line?.text}”</blockquote>
      <div className="voices">
        {voices.map((one, index) => (
          <div key={one.id} className="voice-choice">
            <button
              type="button"
              className={`plain outcome${line?.speaker === one.id ? " chosen" : ""}`}
              disabled={busy}
              onClick={() => onSpeaker(one.id)}
            >
              <kbd>{index + 1}</kbd> {roleName(one.role, shared)} <span className="muted num">{one.id} · {asClock(one.seconds)}</span>
            </button>
            <Select
              size="small"
              value={one.role}
              disabled={busy}
              aria-label={`${words.setRole} ${one.id}`}
              style={{ width: 120 }}
              onChange={(role: Role) => onRole(one.id, role)}
              options={ROLES.map((role) => ({ value: role, label: roleName(role, shared) }))}
            />
          </div>
        ))}
      </div>
    </Modal>
  );
}

/** Marks a violation that the machine did not see. */
export function MarkMissed({ span, rules, onMark, onClose }: { span: Span | null; rules: readonly Rule[]; onMark: (missed: Missed) => void; onClose: () => void }) {
  const words = useTexts(texts);
  const shared = useTexts(common);
  const [item, setItem] = useState<string | null>(null);
  const [note, setNote] = useState("");
  useEffect(() => {
    setItem(null);
    setNote("");
  }, [span]);
  const mark = () => {
    if (span && item) onMark({ item, start: Math.round(span[0] * 1000) / 1000, end: Math.round(span[1] * 1000) / 1000, note: note.trim() });
  };
  return (
    <Modal open={!!span} title={words.markMissed} okText={shared.confirm} cancelText={shared.cancel} okButtonProps={{ disabled: !item }} onOk={mark} onCancel={onClose} destroyOnClose>
      <p>{words.missedSpan} <b className="num">{span ? `${asClock(span[0], true)} – ${asClock(span[1], true)}` : ""}</b></p>
      <Select
        autoFocus
        showSearch
        style={{ width: "100%", marginBottom: 10 }}
        placeholder={words.missedItem}
        aria-label={words.missedItem}
        optionFilterProp="label"
        value={item}
        onChange={setItem}
        options={SEVERITIES.map((severity) => ({
          label: shared[severity],
          options: rules.filter((one) => one.severity === severity).map((one) => ({ value: one.id, label: one.title })),
        }))}
      />
      <Input maxLength={4000} value={note} placeholder={words.notePlaceholder} aria-label={words.note} onChange={(event) => setNote(event.target.value)} onPressEnter={mark} />
    </Modal>
  );
}

const GROUPS: readonly Binding["group"][] = ["play", "findings", "decide", "correct", "finish", "general"];

/** What every key does. */
export function KeyHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  const words = useTexts(texts);
  return (
    <Modal open={open} title={words.keys} footer={null} onCancel={onClose} width={760}>
      <div className="key-help">
        {GROUPS.map((group) => (
          <div key={group}>
            <h3>{words[`group_${group}`]}</h3>
            <dl>
              {BINDINGS.filter((one) => one.group === group).map((one) => (
                <div key={one.action}>
                  <dt>{one.keys.filter((key) => !key.startsWith("mod+shift") && key !== "shift+?").slice(0, 2).map((key) => <kbd key={key}>{keyName(key)}</kbd>)}</dt>
                  <dd>{words[`key_${one.action}`]}</dd>
                </div>
              ))}
            </dl>
          </div>
        ))}
      </div>
    </Modal>
  );
}
