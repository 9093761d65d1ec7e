import { Button, Checkbox, DatePicker, Empty, Input, Select, Skeleton, Tooltip } from "antd";
import dayjs from "dayjs";
import { Link } from "react-router-dom";
import type { SaidHit, SaidSession } from "@/api/types";
import { useAddress } from "@/api/useAddress";
import { usePages } from "@/api/usePages";
import { PageHead } from "@/components/PageHead";
import { ProblemView } from "@/components/ProblemView";
import { Mark, SessionMark } from "@/components/marks";
import { clock } from "@/components/time";
import { common } from "@/i18n/common";
import { useTexts } from "@/i18n/language";
import { roleName, roleTone } from "@/pages/session/look";
import { piecesOf } from "./spans";
import { texts } from "./texts";
import "@/components/paged.css";
import "@/figures/figures.css";
import "./search.css";

const SCENARIOS = ["face_to_face", "remote", "bank", "telesales", "callback"] as const;
const VERDICTS = ["flagged", "clear", "unusable"] as const;
const EXAMPLES = ["保证收益", "稳赚", "不太清楚", "犹豫期"];
const PAGE = 20;
const LEAD_S = 1;
const DAY = "YYYY-MM-DD";

/** Search in what was said: each hit opens its session where it was said. */
export default function Search() {
  const words = useTexts(texts);
  const names = useTexts(common);
  const [asked, ask] = useAddress();
  const said = asked.get("q") ?? "";
  const [from, until] = [asked.get("from"), asked.get("until")];
  const field = (name: "branch" | "agent_name" | "policy_no", label: string, width: number) => (
    <Input.Search key={`${name}${asked.get(name) ?? ""}`} allowClear style={{ width }} placeholder={label} aria-label={label} defaultValue={asked.get(name) ?? ""} onSearch={(text) => ask({ [name]: text.trim() })} />
  );
  return (
    <>
      <PageHead title={words.title} hint={words.hint} />
      <div className="filters">
        <Input.Search key={said} allowClear autoFocus enterButton className="said-box" maxLength={200} placeholder={words.what} aria-label={words.what} defaultValue={said} onSearch={(text) => ask({ q: text.trim() })} />
        <Tooltip title={words.soundHint}>
          <Checkbox checked={asked.get("sound") === "true"} onChange={(event) => ask({ sound: event.target.checked ? "true" : undefined })}>{words.sound}</Checkbox>
        </Tooltip>
      </div>
      <div className="filters">
        {field("branch", words.branch, 160)}
        {field("agent_name", words.agent, 160)}
        {field("policy_no", words.policy, 180)}
        <Select allowClear style={{ width: 124 }} placeholder={words.scenario} aria-label={words.scenario} value={asked.get("scenario")} onChange={(scenario?: string) => ask({ scenario })} options={SCENARIOS.map((one) => ({ value: one, label: names[one] }))} />
        <Select allowClear style={{ width: 124 }} placeholder={words.verdict} aria-label={words.verdict} value={asked.get("verdict")} onChange={(verdict?: string) => ask({ verdict })} options={VERDICTS.map((one) => ({ value: one, label: names[one] }))} />
        <DatePicker.RangePicker
          aria-label={words.recorded}
          placeholder={[`${words.recorded} · ${words.from}`, words.until]}
          allowEmpty
          value={[from ? dayjs(from) : null, until ? dayjs(until) : null]}
          onChange={(days) => ask({ from: days?.[0]?.format(DAY), until: days?.[1]?.format(DAY) })}
        />
      </div>
      {said ? (
        <Found asked={asked} />
      ) : (
        <div className="said-start muted">
          <p>{words.start}</p>
          <p>{words.examples}{EXAMPLES.map((one) => <Button key={one} size="small" onClick={() => ask({ q: one })}>{one}</Button>)}</p>
        </div>
      )}
    </>
  );
}

function Found({ asked }: { asked: URLSearchParams }) {
  const words = useTexts(texts);
  const names = useTexts(common);
  const pages = usePages<SaidSession>("/v1/search", {
    ...Object.fromEntries(["q", "sound", "branch", "agent_name", "policy_no", "scenario", "verdict"].map((name) => [name, asked.get(name)])),
    recorded_from: asked.get("from") && dayjs(asked.get("from")).startOf("day").toISOString(),
    recorded_until: asked.get("until") && dayjs(asked.get("until")).endOf("day").toISOString(),
  }, PAGE);
  if (pages.problem && !pages.rows.length) return <ProblemView problem={pages.problem} retry={pages.reload} />;
  if (pages.loading && !pages.rows.length) return <Skeleton active paragraph={{ rows: 8 }} />;
  if (!pages.rows.length && !pages.more) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.none} />;
  return (
    <div aria-busy={pages.loading}>
      <div className="muted small num" role="status" style={{ marginBottom: 8 }}>{words.shown(`${pages.rows.length}${pages.more ? "+" : ""}`)}</div>
      <div className="said">{pages.rows.map((one) => <SessionHits key={one.session_id} found={one} />)}</div>
      {pages.more && <div className="list-foot"><Button onClick={pages.more} loading={pages.loading}>{names.loadMore}</Button></div>}
    </div>
  );
}

function SessionHits({ found }: { found: SaidSession }) {
  const words = useTexts(texts);
  const names = useTexts(common);
  const scenario = found.scenario && found.scenario in names ? (names[found.scenario as "remote"] as string) : null;
  const about = [[found.agent_name, found.agent_no].filter(Boolean).join(" "), found.branch, found.product, scenario].filter(Boolean).join(" · ");
  const rest = found.lines - found.hits.length;
  return (
    <section className="said-session">
      <header className="said-head">
        <h2 className="num">{found.policy_no ?? words.untitled}</h2>
        <SessionMark verdict={found.verdict} />
        <span className="muted">{about}</span>
        <span className="muted num">{dayjs(found.recorded_at ?? found.created_at).format("YYYY-MM-DD HH:mm")}{found.duration !== null && ` · ${clock(found.duration)}`}</span>
        <Link className="figure-link" to={`/sessions/${found.session_id}`}>{words.open}<span className="sr-only"> {found.policy_no}</span></Link>
      </header>
      <ol className="said-lines">
        {found.hits.map((one) => <li key={one.number}><HitLine session={found.session_id} hit={one} /></li>)}
      </ol>
      {rest > 0 && <span className="said-rest muted num">{words.moreLines(String(rest))}</span>}
    </section>
  );
}

function HitLine({ session, hit }: { session: string; hit: SaidHit }) {
  const words = useTexts(texts);
  const names = useTexts(common);
  const at = Math.max(0, hit.start - LEAD_S);
  return (
    <Link className="said-line" to={`/sessions/${session}?t=${at.toFixed(1)}`} title={words.playFrom(clock(hit.start))}>
      <span className="num">{clock(hit.start)}</span>
      <span><Mark tone={roleTone(hit.role)}>{roleName(hit.role, names)}</Mark></span>
      <span>
        {piecesOf(hit.text, hit.spans).map((one, index) => (one.found ? <mark key={index}>{one.text}</mark> : one.text))}
        {hit.how === "pinyin" && <> <Mark tone="medium">{words.bySound}</Mark></>}
      </span>
    </Link>
  );
}
