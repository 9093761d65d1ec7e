import { App, Button, Empty, Input, Select, Spin, Switch } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import { useBeforeUnload, useBlocker } from "react-router-dom";
import { api } from "@/api/client";
import { asProblem, type Problem } from "@/api/problem";
import { Mark, VerdictMark } from "@/components/marks";
import { useLanguage, useTexts } from "@/i18n/language";
import { Editor, type EditorHandle } from "./Editor";
import type { Checked, Example, Fault, RuleSet, Version } from "./api";
import { texts } from "./texts";

interface Props {
  shown: RuleSet;
  author: boolean;
  onSaved: () => void;
}

const PAUSE_MS = 700;
const MOST_SHOWN = 200;

/** The text of a rule set: checked as one types, its examples run, saved as a draft. */
export function EditTab({ shown, author, onSaved }: Props) {
  const words = useTexts(texts);
  const { language } = useLanguage();
  const { message, modal } = App.useApp();
  const [text, setText] = useState(shown.text);
  const [part, setPart] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const editor = useRef<EditorHandle>(null);
  const writable = author && shown.state === "draft";
  const dirty = text !== shown.text;
  const check = useCheck(shown.id, text, author);
  const own = useMemo(() => (check.faults ?? []).filter((one) => one.file === shown.id), [check.faults, shown.id]);

  useBeforeUnload((event) => {
    if (dirty) event.preventDefault();
  });
  const blocker = useBlocker(({ currentLocation, nextLocation }) => dirty && currentLocation.pathname !== nextLocation.pathname);
  useEffect(() => {
    if (blocker.state !== "blocked") return;
    modal.confirm({ title: words.leave, onOk: () => blocker.proceed(), onCancel: () => blocker.reset() });
  }, [blocker, modal, words]);

  const save = async () => {
    if (!writable || !dirty || busy) return;
    setBusy(true);
    try {
      await api.put<Version>(`/v1/rulesets/${shown.id}/versions/${shown.number}`, { text, base: shown.text_sha256 });
      message.success(words.saved);
      onSaved();
    } catch (error) {
      const problem = asProblem(error);
      modal.error({ title: problem.code === "conflict" ? words.conflict : problem.text(language) });
    } finally {
      setBusy(false);
    }
  };
  const shownPart = shown.parts.find((one) => one.name === part);
  return (
    <div className="rules-edit">
      <div className="rules-left">
        <div className="filters" style={{ marginBottom: 8 }}>
          <Select
            style={{ minWidth: 240 }}
            aria-label={words.parts}
            value={part ?? ""}
            options={[{ value: "", label: words.ownText }, { label: words.parts, options: shown.parts.map((one) => ({ value: one.name, label: one.name })) }]}
            onChange={(name: string) => setPart(name || null)}
          />
          {writable && <Button type="primary" disabled={!dirty} loading={busy} onClick={() => void save()}>{words.save}</Button>}
          {dirty && <Mark tone="medium">{words.unsaved}</Mark>}
          {author && !writable && !part && <span className="muted small">{words.readOnly}</span>}
        </div>
        <div className="rules-frame" style={part ? { display: "none" } : undefined}>
          <Editor ref={editor} text={text} onChange={writable ? setText : undefined} faults={own} label={words.ownText} onSave={() => void save()} />
        </div>
        {shownPart && <div className="rules-frame"><Editor key={shownPart.name} text={shownPart.text} label={shownPart.name} /></div>}
      </div>
      {author && (
        <aside className="rules-right" aria-label={words.examples}>
          <Faults check={check} name={shown.id} onPick={(fault) => { setPart(null); editor.current?.goTo(fault.line, fault.column); }} />
          <Examples check={check} />
        </aside>
      )}
    </div>
  );
}

interface Checking {
  faults: Fault[] | null;
  outcomes: Example[] | null;
  busy: boolean;
  problem: Problem | null;
}

/** Checks a text a moment after the last key: first its faults, then, without any, its examples. */
function useCheck(name: string, text: string, wanted: boolean): Checking {
  const [found, setFound] = useState<Checking>({ faults: null, outcomes: null, busy: wanted, problem: null });
  useEffect(() => {
    if (!wanted) return undefined;
    const stop = new AbortController();
    const timer = window.setTimeout(async () => {
      setFound((before) => ({ ...before, busy: true }));
      try {
        const quick = await api.post<Checked>(`/v1/rulesets/${name}/validate`, { text, examples: false }, { signal: stop.signal });
        if (stop.signal.aborted) return;
        setFound((before) => ({ faults: quick.faults, outcomes: quick.faults.length ? before.outcomes : null, busy: !quick.faults.length, problem: null }));
        if (quick.faults.length) return;
        const whole = await api.post<Checked>(`/v1/rulesets/${name}/validate`, { text, all_examples: true }, { signal: stop.signal });
        if (!stop.signal.aborted) setFound({ faults: whole.faults, outcomes: whole.outcomes, busy: false, problem: null });
      } catch (error) {
        if (!stop.signal.aborted) setFound((before) => ({ ...before, busy: false, problem: asProblem(error) }));
      }
    }, PAUSE_MS);
    return () => {
      stop.abort();
      window.clearTimeout(timer);
    };
  }, [name, text, wanted]);
  return found;
}

function Faults({ check, name, onPick }: { check: Checking; name: string; onPick: (fault: Fault) => void }) {
  const words = useTexts(texts);
  const { language } = useLanguage();
  const faults = check.faults ?? [];
  return (
    <section className="panel">
      <div className="panel-head" aria-live="polite">
        {check.busy && check.faults === null ? (
          <span><Spin size="small" /> {words.checking}</span>
        ) : check.problem ? (
          <Mark tone="critical">{check.problem.text(language)}</Mark>
        ) : faults.length ? (
          <Mark tone="critical">{words.faults(String(faults.length))}</Mark>
        ) : (
          <Mark tone="good">{words.sound}</Mark>
        )}
      </div>
      <ul className="rules-faults">
        {faults.slice(0, MOST_SHOWN).map((one, number) => (
          <li key={number}>
            <button type="button" className="plain" disabled={one.file !== name} onClick={() => onPick(one)}>
              <span className="num small muted">{one.file === name ? words.line(String(one.line), String(one.column)) : words.inPart(`${one.file}:${one.line}`)}</span>{" "}
              {one.where && <span className="mono small">{one.where}</span>}
              <div>{language === "zh" ? one.zh : one.en}</div>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Examples({ check }: { check: Checking }) {
  const words = useTexts(texts);
  const [onlyFailing, setOnlyFailing] = useState(false);
  const [sought, setSought] = useState("");
  const all = check.outcomes ?? [];
  const failing = all.filter((one) => !one.ok);
  const shown = (onlyFailing ? failing : [...failing, ...all.filter((one) => one.ok)]).filter((one) => !sought || one.rule.includes(sought) || one.say.includes(sought));
  return (
    <section className="panel rules-examples">
      <div className="panel-head">
        <h2>{words.examples}</h2>
        {check.outcomes && (
          <Mark tone={failing.length ? "critical" : "good"}>
            {failing.length ? words.examplesFailing(String(failing.length), String(all.length)) : words.examplesOk(String(all.length))}
          </Mark>
        )}
        {check.busy && check.faults !== null && <Spin size="small" />}
      </div>
      <div className="filters" style={{ marginBottom: 6 }}>
        <Input size="small" allowClear placeholder={words.ofRule} aria-label={words.ofRule} value={sought} onChange={(event) => setSought(event.target.value)} style={{ flex: 1 }} />
        <label className="small"><Switch size="small" checked={onlyFailing} onChange={setOnlyFailing} aria-label={words.onlyFailing} /> {words.onlyFailing}</label>
      </div>
      {check.outcomes && shown.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.examplesOk(String(all.length))} />}
      <ul className="rules-outcomes">
        {shown.slice(0, MOST_SHOWN).map((one, number) => (
          <li key={number} className={one.ok ? "" : "failing"}>
            <div><span className="mono small muted">{one.rule}</span> <VerdictMark verdict={one.found} />{!one.ok && <span className="small bad-number"> {words.expected} <VerdictMark verdict={one.expected} /></span>}</div>
            <div>{one.say}</div>
            {!one.ok && <div className="small muted">{one.reason}</div>}
          </li>
        ))}
      </ul>
    </section>
  );
}
