import { Alert, Button, Empty, Input, Select } from "antd";
import { useDeferredValue, useMemo, useState } from "react";
import { api } from "@/api/client";
import { asProblem, type Problem } from "@/api/problem";
import { Mark, SeverityMark, VerdictMark } from "@/components/marks";
import { useLanguage, useTexts } from "@/i18n/language";
import type { PlainRule, RuleSet, Said } from "./api";
import { texts } from "./texts";

const SPOKEN = ["disclosure", "forbidden"];

/** The rules in plain language; spoken ones can be tried with a sentence. */
export function ReadTab({ shown, version }: { shown: RuleSet; version: number | null }) {
  const words = useTexts(texts);
  const [typed, setTyped] = useState("");
  const [kind, setKind] = useState<string>();
  const sought = useDeferredValue(typed.trim().toLowerCase());
  const kinds = useMemo(() => [...new Set(shown.rules.map((one) => one.kind))], [shown.rules]);
  const rules = useMemo(
    () => shown.rules.filter((one) => (!kind || one.kind === kind) && (!sought || haystack(one).includes(sought))),
    [shown.rules, kind, sought],
  );
  if (shown.faults.length) return <Alert type="warning" showIcon message={words.faultsFirst} />;
  return (
    <>
      <div className="filters">
        <Input allowClear style={{ width: 320 }} placeholder={words.filter} aria-label={words.filter} value={typed} onChange={(event) => setTyped(event.target.value)} />
        <Select allowClear style={{ width: 150 }} placeholder={words.allKinds} aria-label={words.allKinds} value={kind} onChange={setKind} options={kinds.map((one) => ({ value: one, label: words[`kind_${one}` as "kind_fact"] ?? one }))} />
        <span className="muted num">{rules.length} / {shown.rules.length}</span>
      </div>
      {rules.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.noRules} />}
      <div className="rules-list">
        {rules.map((one) => <Rule key={one.id} rule={one} name={shown.id} version={version} />)}
      </div>
    </>
  );
}

function haystack(rule: PlainRule): string {
  return [rule.id, rule.title, ...rule.says, ...rule.basis].join("\n").toLowerCase();
}

function Rule({ rule, name, version }: { rule: PlainRule; name: string; version: number | null }) {
  const words = useTexts(texts);
  const [trying, setTrying] = useState(false);
  return (
    <article className="rules-rule" aria-label={rule.title}>
      <div className="rules-head">
        <SeverityMark severity={rule.severity} />
        <h2>{rule.title}</h2>
        <Mark tone="low">{words[`kind_${rule.kind}` as "kind_fact"] ?? rule.kind}</Mark>
        <span className="mono small muted">{rule.id}</span>
        {SPOKEN.includes(rule.kind) && <Button size="small" style={{ marginLeft: "auto" }} aria-expanded={trying} onClick={() => setTrying(!trying)}>{words.trySentence}</Button>}
      </div>
      {rule.says.map((one, number) => <div key={number}>{one}</div>)}
      <div className="muted small">
        {rule.applies.length > 0 && <span>{words.applies}：{rule.applies.join("；")}　</span>}
        {rule.basis.length > 0 && <span>{words.basis}：{rule.basis.join("；")}</span>}
      </div>
      {rule.fix && <div className="small"><span className="muted">{words.fix}：</span>{rule.fix}</div>}
      {trying && <Try rule={rule.id} name={name} version={version} />}
    </article>
  );
}

function Try({ rule, name, version }: { rule: string; name: string; version: number | null }) {
  const words = useTexts(texts);
  const { language } = useLanguage();
  const [say, setSay] = useState("");
  const [answer, setAnswer] = useState("");
  const [found, setFound] = useState<Said | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const judge = async () => {
    if (!say.trim()) return;
    setBusy(true);
    try {
      setFound(await api.post<Said>(`/v1/rulesets/${name}/say`, { rule, say: say.trim(), answer: answer.trim() || null, version }));
      setProblem(null);
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="rules-try">
      <Input.TextArea autoSize={{ minRows: 2 }} maxLength={2000} placeholder={words.sentence} aria-label={words.sentence} value={say} onChange={(event) => setSay(event.target.value)} onPressEnter={(event) => { if (!event.shiftKey) { event.preventDefault(); void judge(); } }} />
      <div className="judgement-row">
        <Input style={{ flex: 1 }} maxLength={500} placeholder={words.answer} aria-label={words.answer} value={answer} onChange={(event) => setAnswer(event.target.value)} onPressEnter={() => void judge()} />
        <Button type="primary" loading={busy} disabled={!say.trim()} onClick={() => void judge()}>{words.judge}</Button>
      </div>
      {problem && <Alert type="error" message={problem.text(language)} />}
      {found && (
        <div role="status">
          <VerdictMark verdict={found.verdict} /> {found.reason}
          <div className="rules-concepts">
            {found.concepts.map((one) => (
              <Mark key={one.name} tone={one.found ? "good" : "critical"}>{one.name} {one.found ? `${words.heard}${one.quote ? ` “${one.quote}”` : ""}` : words.notHeard}</Mark>
            ))}
          </div>
        </div>
      )}
    </div>
  );
}
