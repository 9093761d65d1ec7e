import { Alert, Button, Card, Input, Spin } from "antd";
import dayjs from "dayjs";
import { useEffect, useMemo, useRef, useState } from "react";
import { asProblem, type Problem } from "@/api/problem";
import { useLanguage, useTexts } from "@/i18n/language";
import { Records } from "./Records";
import { texts } from "./texts";
import { asVisitor, current, end, enter, secretOf, type Visit } from "./visit";
import "./my.css";

/** The page of customers: let in by a link that works once. */
export default function My() {
  const words = useTexts(texts);
  const { language, choose } = useLanguage();
  const [visit, setVisit] = useState<Visit | null>(() => current());
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const [over, setOver] = useState<"ended" | "left" | null>(null);
  const [typed, setTyped] = useState("");
  const tried = useRef(false);

  const use = async (secret: string) => {
    if (!secret) return;
    setBusy(true);
    setProblem(null);
    try {
      setVisit(await enter(secret));
      setOver(null);
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  useEffect(() => {
    const secret = secretOf(window.location.hash);
    if (tried.current || !secret) return;
    tried.current = true;
    // Used up by now: the address must not lead anybody astray who finds it later.
    window.history.replaceState(null, "", window.location.pathname);
    void use(secret);
  }, []);
  useEffect(() => {
    if (!visit) return undefined;
    const timer = window.setTimeout(() => {
      end();
      setVisit(null);
      setOver("ended");
    }, Math.max(0, Date.parse(visit.expires_at) - Date.now()));
    return () => window.clearTimeout(timer);
  }, [visit]);
  const asking = useMemo(() => (visit ? asVisitor(visit) : null), [visit]);
  const leave = () => {
    end();
    setVisit(null);
    setOver("left");
  };
  return (
    <div className="my">
      <header className="my-head">
        <img src="/console/mark.svg" alt="" width={28} height={28} />
        <h1>{words.title}</h1>
        <div style={{ flex: 1 }} />
        {visit && <span className="muted small">{words.until(dayjs(visit.expires_at).format("HH:mm"))}</span>}
        {visit && <Button size="small" onClick={leave}>{words.leave}</Button>}
        <Button size="small" type="text" onClick={() => choose(language === "zh" ? "en" : "zh")}>{words.language}</Button>
      </header>
      <main className="my-main">
        {asking ? (
          <>
            <p className="muted">{words.hint}</p>
            <Records asking={asking} />
          </>
        ) : (
          <Card className="my-enter">
            {busy ? (
              <p><Spin /> {words.entering}</p>
            ) : (
              <>
                {over && <Alert type="info" showIcon message={words[over]} style={{ marginBottom: 12 }} />}
                {problem && <Alert type="error" showIcon role="alert" message={problem.text(language)} style={{ marginBottom: 12 }} />}
                <p><b>{words.noLink}</b></p>
                <p className="muted">{words.noLinkHint}</p>
                <label htmlFor="my-code">{words.paste}</label>
                <Input.Search
                  id="my-code"
                  value={typed}
                  maxLength={300}
                  autoComplete="off"
                  enterButton={words.enter}
                  onChange={(event) => setTyped(event.target.value)}
                  onSearch={(text) => void use(secretOf(text))}
                />
              </>
            )}
          </Card>
        )}
      </main>
    </div>
  );
}
