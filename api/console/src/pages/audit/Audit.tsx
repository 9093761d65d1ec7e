import { Alert, Button, DatePicker, Input, type TableColumnsType } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { api } from "@/api/client";
import { asProblem, type Problem } from "@/api/problem";
import { useAddress } from "@/api/useAddress";
import { usePages } from "@/api/usePages";
import { PageHead } from "@/components/PageHead";
import { PagedTable } from "@/components/PagedTable";
import { ExportMenu } from "@/figures/ExportMenu";
import { useLanguage, useTexts } from "@/i18n/language";
import { texts } from "./texts";
import "@/figures/figures.css";

interface Line {
  number: number;
  at: string;
  actor: string;
  action: string;
  object: string;
  request_id: string | null;
  detail: Record<string, unknown>;
  previous: string;
  hash: string;
}

interface Verified {
  ok: boolean;
  lines: number;
  faults: { number: number; what: "changed" | "missing" | "chain" | "head" }[];
}

const MOST_EXPORTED = 5000;
const FIELDS = ["actor", "action", "object"] as const;

/** The audit log, and whether it is whole. */
export default function Audit() {
  const words = useTexts(texts);
  const { language } = useLanguage();
  const [query, ask] = useAddress();
  const pages = usePages<Line>("/v1/audit", Object.fromEntries(query));
  const [verified, setVerified] = useState<Verified | Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const verify = async () => {
    setBusy(true);
    try {
      setVerified(await api.get<Verified>("/v1/audit/verification"));
    } catch (error) {
      setVerified(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  const columns: TableColumnsType<Line> = [
    { title: words.number, dataIndex: "number", width: 80, render: (n: number) => <span className="num muted">{n}</span> },
    { title: words.at, width: 160, render: (_, one) => <span className="num">{dayjs(one.at).format("YYYY-MM-DD HH:mm:ss")}</span> },
    { title: words.actor, width: 170, ellipsis: true, render: (_, one) => <button type="button" className="plain figure-link" onClick={() => ask({ actor: one.actor })}>{one.actor}</button> },
    { title: words.action, width: 170, render: (_, one) => <button type="button" className="plain figure-link mono small" onClick={() => ask({ action: one.action })}>{one.action}</button> },
    { title: words.object, ellipsis: true, render: (_, one) => <button type="button" className="plain figure-link mono small" onClick={() => ask({ object: one.object })}>{one.object}</button> },
    { title: words.detail, ellipsis: true, render: (_, one) => <span className="mono small muted">{Object.keys(one.detail).length ? JSON.stringify(one.detail) : "—"}</span> },
  ];
  const sheets = async () => [
    {
      name: words.title,
      columns: [words.number, words.at, words.actor, words.action, words.object, words.detail, words.request, words.hash],
      rows: (await pages.all(MOST_EXPORTED)).map((one) => [one.number, one.at, one.actor, one.action, one.object, JSON.stringify(one.detail), one.request_id, one.hash]),
    },
  ];
  const range: [dayjs.Dayjs, dayjs.Dayjs] | null = query.get("since") && query.get("until") ? [dayjs(query.get("since")), dayjs(query.get("until"))] : null;
  return (
    <>
      <PageHead
        title={words.title}
        hint={words.hint}
        extra={<><Button loading={busy} onClick={() => void verify()}>{words.verify}</Button><ExportMenu name="mingjian-audit" sheets={sheets} disabled={!pages.rows.length} /></>}
      />
      {verified && <Verification found={verified} language={language} />}
      <div className="filters">
        {FIELDS.map((name) => (
          <Input.Search key={`${name}${query.get(name) ?? ""}`} allowClear style={{ width: 190 }} placeholder={words[name]} aria-label={words[name]} defaultValue={query.get(name) ?? ""} onSearch={(text) => ask({ [name]: text.trim() || undefined })} />
        ))}
        <DatePicker.RangePicker
          showTime
          value={range}
          aria-label={words.period}
          onChange={(days) => ask({ since: days?.[0]?.toISOString(), until: days?.[1]?.toISOString() })}
        />
      </div>
      <PagedTable<Line>
        pages={pages}
        rowKey="number"
        columns={columns}
        empty={words.empty}
        expandable={{
          expandedRowRender: (one) => (
            <div className="mono small" style={{ overflowWrap: "anywhere" }}>
              <pre style={{ margin: 0, whiteSpace: "pre-wrap" }}>{JSON.stringify(one.detail, null, 2)}</pre>
              <div className="muted">{words.request} {one.request_id ?? "—"}</div>
              <div className="muted">{words.hash} {one.hash}</div>
            </div>
          ),
        }}
      />
    </>
  );
}

function Verification({ found, language }: { found: Verified | Problem; language: "zh" | "en" }) {
  const words = useTexts(texts);
  if ("code" in found) return <Alert type="error" showIcon message={found.text(language)} style={{ marginBottom: 10 }} />;
  if (found.ok) return <Alert type="success" showIcon message={words.sound(String(found.lines))} style={{ marginBottom: 10 }} />;
  return (
    <Alert
      type="error"
      showIcon
      style={{ marginBottom: 10 }}
      message={words.broken(String(found.faults.length), String(found.faults[0]?.number ?? 0))}
      description={found.faults.slice(0, 20).map((one) => <div key={`${one.number}${one.what}`}>{words.line(String(one.number))} {words[`what_${one.what}`]}</div>)}
    />
  );
}
