import { Alert, App, Button, DatePicker, Descriptions, Drawer, Form, Input, Select, Skeleton, Timeline } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useState } from "react";
import { Link } from "react-router-dom";
import { api } from "@/api/client";
import { asProblem } from "@/api/problem";
import { has, useMe } from "@/api/session";
import { useLoad } from "@/api/useLoad";
import { ProblemView } from "@/components/ProblemView";
import { Mark } from "@/components/marks";
import { needed } from "@/figures/needed";
import { useLanguage, useTexts } from "@/i18n/language";
import { Basis } from "./Basis";
import { Due } from "./Due";
import { BY_BRANCH, type TicketEvent, type TicketWhole } from "./api";
import { texts } from "./texts";
import "@/figures/figures.css";

interface Props {
  id: string;
  onClose: () => void;
  onChanged: () => void;
}

/** One ticket: where it stands, what happened to it, what happens next. */
export function TicketDrawer({ id, onClose, onChanged }: Props) {
  const words = useTexts(texts);
  const found = useLoad((signal) => api.get<TicketWhole>(`/v1/tickets/${id}`, undefined, { signal }), [id]);
  const ticket = found.data;
  const changed = (one: TicketWhole) => {
    found.setData(one);
    onChanged();
  };
  return (
    <Drawer
      open
      mask={false}
      width={560}
      onClose={onClose}
      title={ticket ? `${words[`kind_${ticket.kind}`]} · ${ticket.policy_no ?? ticket.id.slice(0, 8)}` : words.title}
    >
      {found.problem && !ticket && <ProblemView problem={found.problem} retry={found.reload} />}
      {!ticket && !found.problem && <Skeleton active paragraph={{ rows: 8 }} />}
      {ticket && <Shown ticket={ticket} onChanged={changed} />}
    </Drawer>
  );
}

function Shown({ ticket, onChanged }: { ticket: TicketWhole; onChanged: (one: TicketWhole) => void }) {
  const words = useTexts(texts);
  const { language } = useLanguage();
  const me = useMe();
  const mayOpen = !has(me, "branch", "administrator");
  const again = ticket.events.filter((one) => one.event === "rerecorded" && one.data.session_id).at(-1)?.data.session_id;
  const sessionLink = (session: string, name: string) =>
    has(me, "branch") ? <Link to={`/branch?session=${session}`}>{name}</Link> : mayOpen ? <Link to={`/sessions/${session}`}>{name}</Link> : <span className="mono small">{session.slice(0, 12)}</span>;
  return (
    <div className="stack">
      {!ticket.closed_at && (
        <Alert
          type={ticket.standing === "超时" ? "error" : ticket.standing === "警告" ? "warning" : "info"}
          message={<><b>{words.next}</b>：{ticket.step}</>}
          description={ticket.non_sales ? words.nonSales : undefined}
          showIcon
        />
      )}
      <Descriptions
        size="small"
        column={2}
        items={[
          { label: words.state, children: <Mark tone={ticket.closed_at ? "low" : "brand"}>{language === "zh" ? ticket.title : ticket.state.replaceAll("_", " ")}</Mark> },
          { label: words.due, children: <Due ticket={ticket} /> },
          { label: words.opened, children: <span className="num">{dayjs(ticket.opened_at).format("YYYY-MM-DD HH:mm")}</span> },
          { label: words.due, children: <span className="num">{ticket.due_at ? dayjs(ticket.due_at).format("YYYY-MM-DD") : "—"}</span> },
          { label: words.branch, children: ticket.branch ?? "—" },
          { label: words.basis, children: <Basis basis={ticket.basis} /> },
          ...(ticket.session_id ? [{ label: words.session, children: sessionLink(ticket.session_id, words.openSession) }] : []),
          ...(again ? [{ label: words.rerecording, children: sessionLink(again, words.openSession) }] : []),
          ...(ticket.overdue_reason ? [{ label: words.overdueReason, span: 2, children: ticket.overdue_reason }] : []),
        ]}
      />
      {ticket.missing.length > 0 && <Alert type="warning" message={words.missing(ticket.missing.join("、"))} />}
      {ticket.assumed.length > 0 && <Alert type="info" message={words.assumed(ticket.assumed.join("、"))} />}
      {has(me, "senior_reviewer", "compliance") && !ticket.closed_at && <Assign ticket={ticket} onChanged={onChanged} />}
      {has(me, "reviewer", "senior_reviewer", "compliance", "branch") && !ticket.closed_at && <Report key={ticket.events.length} ticket={ticket} onChanged={onChanged} />}
      <section>
        <h3 style={{ fontSize: 14, margin: "0 0 10px" }}>{words.history}</h3>
        <History ticket={ticket} onChanged={onChanged} />
      </section>
    </div>
  );
}

function History({ ticket, onChanged }: { ticket: TicketWhole; onChanged: (one: TicketWhole) => void }) {
  const words = useTexts(texts);
  const { language } = useLanguage();
  const { message, modal } = App.useApp();
  const mayVoid = has(useMe(), "senior_reviewer", "compliance");
  const voided = new Set(ticket.events.map((one) => one.data.voids).filter(Boolean));
  const name = (one: TicketEvent) => words[`e_${one.event}` as "e_void"] ?? one.event;
  const retract = (one: TicketEvent) =>
    modal.confirm({
      title: `${words.retract}：${name(one)}`,
      onOk: async () => {
        try {
          const overdue = ticket.standing === "超时" ? { overdue_reason: words.retract } : {};
          onChanged(await api.post<TicketWhole>(`/v1/tickets/${ticket.id}/events`, { event: "void", voids: one.id, ...overdue }));
        } catch (error) {
          message.error(asProblem(error).text(language));
        }
      },
    });
  const items = [...ticket.events].reverse().map((one) => ({
    key: one.id,
    color: voided.has(one.id) || one.event === "void" ? "gray" : "#0e5a6b",
    children: (
      <div>
        <span className="num muted small">{dayjs(one.at).format("YYYY-MM-DD HH:mm")}</span>{" "}
        <b style={voided.has(one.id) ? { textDecoration: "line-through" } : undefined}>{name(one)}</b>{" "}
        <span className="muted small">{one.made_by === "engine" ? words.systemName : one.made_by}</span>
        {voided.has(one.id) && <span className="muted small"> · {words.retracted}</span>}
        {mayVoid && !voided.has(one.id) && one.event !== "void" && (
          <Button type="link" size="small" onClick={() => retract(one)}>{words.retract}</Button>
        )}
        {one.data.note && <div>{one.data.note}</div>}
        {one.data.agreed && <div className="small">{words.agreed} {one.data.agreed}</div>}
        {one.data.overdue_reason && <div className="small bad-number">{words.overdueReason}：{one.data.overdue_reason}</div>}
      </div>
    ),
  }));
  return items.length ? <Timeline items={items} /> : <span className="muted">—</span>;
}

function Assign({ ticket, onChanged }: { ticket: TicketWhole; onChanged: (one: TicketWhole) => void }) {
  const words = useTexts(texts);
  const { language } = useLanguage();
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const assign = async (name: string) => {
    setBusy(true);
    try {
      onChanged(await api.post<TicketWhole>(`/v1/tickets/${ticket.id}/assign`, { assignee: name.trim() || null }));
      message.success(words.assignDone);
    } catch (error) {
      message.error(asProblem(error).text(language));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Input.Search
      key={ticket.assignee ?? ""}
      addonBefore={words.assign}
      aria-label={words.assign}
      defaultValue={ticket.assignee ?? ""}
      enterButton={words.submit}
      loading={busy}
      onSearch={(name) => void assign(name)}
    />
  );
}

interface Reported {
  event: string;
  note?: string;
  agreed?: Dayjs;
  session_id?: string;
  overdue_reason?: string;
}

function Report({ ticket, onChanged }: { ticket: TicketWhole; onChanged: (one: TicketWhole) => void }) {
  const words = useTexts(texts);
  const { language } = useLanguage();
  const { message } = App.useApp();
  const isBranch = has(useMe(), "branch");
  const [form] = Form.useForm<Reported>();
  const event = Form.useWatch("event", form);
  const [busy, setBusy] = useState(false);
  const can = ticket.can_happen.filter((one) => !isBranch || BY_BRANCH.includes(one));
  const late = ticket.standing === "超时";
  const submit = async (values: Reported) => {
    setBusy(true);
    try {
      const sent = {
        event: values.event,
        note: values.note?.trim() || null,
        agreed: values.agreed?.format("YYYY-MM-DD") ?? null,
        session_id: values.session_id?.trim() || null,
        overdue_reason: values.overdue_reason?.trim() || null,
      };
      onChanged(await api.post<TicketWhole>(`/v1/tickets/${ticket.id}/events`, sent));
      message.success(words.done);
    } catch (error) {
      message.error(asProblem(error).text(language));
    } finally {
      setBusy(false);
    }
  };
  if (!can.length) return null;
  return (
    <Form<Reported> form={form} layout="vertical" size="small" requiredMark={false} onFinish={(values) => void submit(values)} className="panel">
      <h3 style={{ fontSize: 14, margin: "0 0 8px" }}>{words.report}</h3>
      <Form.Item name="event" label={words.event} rules={[needed(words.eventNeeded)]}>
        <Select options={can.map((one) => ({ value: one, label: words[`e_${one}` as "e_void"] ?? one }))} />
      </Form.Item>
      {event === "appointment" && <Form.Item name="agreed" label={words.agreed}><DatePicker style={{ width: "100%" }} /></Form.Item>}
      {event === "rerecorded" && (
        <Form.Item name="session_id" label={words.rerecordedAs} rules={[{ pattern: /^[0-9a-f]{32}$/, message: words.rerecordedAs }]}><Input className="mono" maxLength={32} /></Form.Item>
      )}
      <Form.Item name="note" label={words.note}><Input.TextArea rows={2} maxLength={2000} /></Form.Item>
      {late && (
        <Form.Item name="overdue_reason" label={words.overdueReason} rules={[needed(words.overdueNeeded)]}><Input.TextArea rows={2} maxLength={2000} /></Form.Item>
      )}
      <Button type="primary" htmlType="submit" loading={busy}>{words.submit}</Button>
    </Form>
  );
}
