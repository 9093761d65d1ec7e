import { Tabs, type TableColumnsType } from "antd";
import dayjs from "dayjs";
import { Link } from "react-router-dom";
import { useAddress } from "@/api/useAddress";
import { usePages } from "@/api/usePages";
import { PageHead } from "@/components/PageHead";
import { PagedTable } from "@/components/PagedTable";
import { useTexts } from "@/i18n/language";
import { WordingDrawer } from "./WordingDrawer";
import type { State, Wording, WordingPage } from "./api";
import { texts } from "./texts";

const STATES: State[] = ["found", "proposed", "accepted", "rejected"];

/** Wordings that reviews confirmed, on their way into the rules. */
export default function Wordings() {
  const words = useTexts(texts);
  const [query, ask] = useAddress();
  const state = STATES.find((one) => one === query.get("state")) ?? "found";
  const chosen = query.get("wording");
  const found = usePages<Wording, WordingPage>("/v1/wordings", { state });
  const columns: TableColumnsType<Wording> = [
    { title: words.item, render: (_, one) => <button type="button" className="plain figure-link" onClick={() => ask({ wording: one.id })}>{one.title}</button> },
    { title: words.ruleset, dataIndex: "ruleset", width: 130, render: (name: string) => <span className="mono small">{name}</span> },
    ...(state === "found"
      ? [{ title: words.note, dataIndex: "note", ellipsis: true, render: (note: string | null) => note ?? "—" }]
      : [
          { title: words.concept, dataIndex: "concept", width: 140 },
          { title: words.wording, dataIndex: "text" },
          { title: words.trial, render: (_: unknown, one: Wording) => (one.trial.sessions === undefined ? <span className="muted">{words.notTried}</span> : words.tried(String(one.trial.sessions), String(one.trial.session_flips ?? 0))) },
        ]),
    { title: words.by, width: 130, render: (_, one) => one.found_by },
    { title: words.at, width: 140, render: (_, one) => <span className="num">{dayjs(one.found_at).format("YYYY-MM-DD HH:mm")}</span> },
  ];
  const counts = found.page?.counts;
  return (
    <>
      <PageHead title={words.title} hint={words.hint} extra={<Link to="/rulesets">{words.rules}</Link>} />
      <Tabs
        activeKey={state}
        onChange={(key) => ask({ state: key === "found" ? undefined : key, wording: undefined })}
        items={STATES.map((one) => ({ key: one, label: <>{words[one]} <span className="num muted">{counts?.[one] ?? ""}</span></> }))}
      />
      <PagedTable<Wording> pages={found} rowKey="id" columns={columns} empty={state === "found" ? words.empty_found : words.empty_other} />
      {chosen && <WordingDrawer key={chosen} id={chosen} onClose={() => ask({ wording: undefined })} onChanged={found.reload} />}
    </>
  );
}
