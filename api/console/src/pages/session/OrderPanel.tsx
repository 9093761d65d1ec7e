import { Tabs } from "antd";
import dayjs from "dayjs";
import type { Inspection, ReviewEventRow, SessionDetail, Timeline } from "@/api/types";
import { Mark, SessionMark } from "@/components/marks";
import { clock as asClock } from "@/components/time";
import { common } from "@/i18n/common";
import { useTexts } from "@/i18n/language";
import { roleName, roleTone } from "./look";
import { texts } from "./texts";

interface Props {
  session: SessionDetail;
  inspection: Inspection | null;
  timeline: Timeline;
  history: readonly ReviewEventRow[];
}

type Values = Record<string, unknown>;

function part(values: Values, name: string): Values {
  const found = values[name];
  return found && typeof found === "object" && !Array.isArray(found) ? (found as Values) : {};
}

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function money(value: unknown): string {
  const given = text(value);
  const amount = Number(given);
  return given && Number.isFinite(amount) ? `¥ ${amount.toLocaleString("en-US")}` : given;
}

function day(value: unknown): string {
  const given = text(value);
  return given ? dayjs(given).format("YYYY-MM-DD HH:mm") : "";
}

/** What was applied for, how it was recorded, and what has happened. */
export function OrderPanel({ session, inspection, timeline, history }: Props) {
  const words = useTexts(texts);
  return (
    <Tabs
      size="small"
      className="order-tabs"
      items={[
        { key: "order", label: words.order, children: <Order order={session.order} session={session} /> },
        { key: "record", label: words.record, children: <Record_ inspection={inspection} timeline={timeline} session={session} /> },
        { key: "history", label: words.history, children: <Past history={history} /> },
      ]}
    />
  );
}

function Rows({ title, rows }: { title?: string; rows: [string, string][] }) {
  const shown = rows.filter(([, value]) => value);
  if (shown.length === 0) return null;
  return (
    <div className="rows">
      {title && <h3>{title}</h3>}
      <dl>
        {shown.map(([name, value]) => (
          <div key={name}><dt>{name}</dt><dd className="num">{value}</dd></div>
        ))}
      </dl>
    </div>
  );
}

function Order({ order, session }: { order: Values; session: SessionDetail }) {
  const words = useTexts(texts);
  const shared = useTexts(common);
  const holder = part(order, "policyholder");
  const insured = part(order, "insured");
  const agent = part(order, "agent");
  const products = Array.isArray(order.products) ? (order.products as Values[]) : [];
  const scenario = text(order.scenario);
  const cover = (one: Values) => {
    const { kind, value } = part(one, "cover");
    if (kind === "whole_life") return words.wholeLife;
    if (kind === "to_age") return words.coverToAge(Number(value));
    return kind === "years" ? words.coverYears(Number(value)) : "";
  };
  return (
    <div className="order">
      {products.map((one, index) => (
        <Rows
          key={index}
          title={products.length > 1 ? `${words.orderProduct} ${index + 1}` : words.orderProduct}
          rows={[
            [words.orderProduct, [text(one.full_name), text(one.design_type)].filter(Boolean).join(" · ")],
            [words.premium, [money(one.premium), text(one.payment_mode)].filter(Boolean).join(" / ")],
            [words.paymentYears, text(one.payment_years) && words.yearsOf(text(one.payment_years))],
            [words.cover, cover(one)],
            [words.coolingOff, text(one.cooling_off_days) && words.daysOf(text(one.cooling_off_days))],
          ]}
        />
      ))}
      <Rows
        title={words.orderCustomer}
        rows={[
          [words.orderCustomer, [text(holder.name), text(holder.sex)].filter(Boolean).join(" · ")],
          [words.birth, text(holder.birth_date)],
          [words.idNumber, text(holder.id_number)],
          [words.phone, text(holder.phone)],
          [words.occupation, text(holder.occupation)],
          [words.income, money(holder.annual_income)],
          [words.budget, money(holder.budget)],
          [words.risk, text(holder.risk_level)],
        ]}
      />
      <Rows
        title={words.orderInsured}
        rows={[
          [words.orderInsured, insured.same_as_policyholder ? words.sameAsPolicyholder : text(insured.name)],
          [words.birth, text(insured.birth_date)],
        ]}
      />
      <Rows
        title={words.orderAgent}
        rows={[
          [words.orderAgent, [text(agent.name), text(agent.staff_no)].filter(Boolean).join(" · ")],
          [words.org, text(agent.org) || (session.branch ?? "")],
          [words.phone, text(agent.phone)],
        ]}
      />
      <Rows
        title={words.orderPolicy}
        rows={[
          [words.orderPolicy, text(order.policy_no)],
          [words.channel, scenario ? (shared[scenario as "remote"] ?? scenario) : text(order.channel)],
          [words.recordedAt, day(order.recorded_at)],
          [words.receipt, day(order.receipt_signed_at)],
        ]}
      />
    </div>
  );
}

function share(value: number | null): string {
  return value === null ? "—" : `${Math.round(value * 100)}%`;
}

function Record_({ inspection, timeline, session }: Omit<Props, "history">) {
  const words = useTexts(texts);
  const shared = useTexts(common);
  const newest = session.inspections.at(-1);
  return (
    <div className="order">
      <div className="rows">
        {inspection && (
          <p className="record-verdict">
            {words.machineVerdict} <SessionMark verdict={inspection.verdict} />
            <span className="num">{words.score} {inspection.score}</span>
            {newest?.corrected && <Mark tone="brand">{words.correctedMark}</Mark>}
          </p>
        )}
        {inspection && <p className="muted">{words.coverage(share(inspection.coverage.speech), share(inspection.coverage.picture))}</p>}
        {inspection?.notes.map((one) => <p key={one.code} className="muted">{one.text}</p>)}
        {timeline.voices.map((one) => (
          <div key={one.id} className="voice">
            <Mark tone={roleTone(one.role)}>{roleName(one.role, shared)}</Mark>
            <span className="num">{one.id} · {asClock(one.seconds)} · {share(one.confidence)}</span>
            <p className="muted">{one.why}</p>
          </div>
        ))}
      </div>
      <Rows
        title={words.parts}
        rows={session.parts.map((one) => [`${one.index + 1}`, `${one.file_name} · ${(one.bytes / 1048576).toFixed(1)} MB`])}
      />
      {newest && <Rows title={words.ruleset} rows={[[words.ruleset, `${newest.ruleset} · ${words.versionOf(newest.version)}`]]} />}
    </div>
  );
}

function Past({ history }: { history: readonly ReviewEventRow[] }) {
  const words = useTexts(texts);
  return (
    <ol className="past">
      {[...history].reverse().map((one) => (
        <li key={one.version}>
          <span className="num muted">{dayjs(one.made_at).format("MM-DD HH:mm")}</span>
          <b>{one.made_by}</b>
          <span>{words[`history_${one.action}` as "history_claim"] ?? one.action}</span>
        </li>
      ))}
    </ol>
  );
}
