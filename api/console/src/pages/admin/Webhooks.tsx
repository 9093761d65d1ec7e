import { App, Button, Checkbox, Form, Input, Modal, Switch } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { Link } from "react-router-dom";
import { api } from "@/api/client";
import { asProblem } from "@/api/problem";
import { has, useMe } from "@/api/session";
import { usePages } from "@/api/usePages";
import { Mark } from "@/components/marks";
import { PagedTable } from "@/components/PagedTable";
import { Panel } from "@/figures/Panel";
import { needed } from "@/figures/needed";
import { useLanguage, useTexts } from "@/i18n/language";
import { Secret } from "./Secret";
import { texts } from "./texts";
import { useRemoval } from "./useRemoval";

interface Webhook {
  id: string;
  url: string;
  events: string[];
  active: boolean;
  created_by: string;
  created_at: string;
}

const EVENTS = ["session.inspected", "session.failed", "review.decided", "ticket.due"];

/** Addresses that are told of events. */
export function Webhooks() {
  const words = useTexts(texts);
  const { message } = App.useApp();
  const mayChange = has(useMe(), "administrator");
  const found = usePages<Webhook>("/v1/webhooks");
  const [chosen, setChosen] = useState<Webhook | "new" | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const removal = useRemoval(found.reload);
  const remove = (one: Webhook) => removal(`/v1/webhooks/${one.id}`, words.remove, words.removeSure);
  return (
    <Panel title={words.webhooks} hint={words.webhooksHint} extra={mayChange && <Button type="primary" onClick={() => setChosen("new")}>{words.add}</Button>}>
      <PagedTable<Webhook>
        pages={found}
        rowKey="id"
        empty={words.empty}
        columns={[
          { title: words.url, ellipsis: true, render: (_, one) => <span className="mono small">{one.url}</span> },
          { title: words.events, render: (_, one) => <span className="mono small">{one.events.join(" ")}</span> },
          { title: words.status, width: 90, render: (_, one) => <Mark tone={one.active ? "good" : "low"}>{one.active ? words.active : words.inactive}</Mark> },
          { title: words.created, width: 110, render: (_, one) => <span className="num">{dayjs(one.created_at).format("YYYY-MM-DD")}</span> },
          { title: words.deliveries, width: 100, render: (_, one) => <Link to={`/admin?tab=deliveries&webhook=${one.id}`}>{words.deliveries}</Link> },
          ...(mayChange
            ? [{ title: "", width: 150, render: (_: unknown, one: Webhook) => <><Button size="small" onClick={() => setChosen(one)}>{words.change}</Button> <Button size="small" danger onClick={() => remove(one)}>{words.remove}</Button></> }]
            : []),
        ]}
      />
      {chosen && (
        <WebhookForm
          webhook={chosen === "new" ? null : chosen}
          onClose={() => setChosen(null)}
          onSaved={(made) => { setChosen(null); setSecret(made); found.reload(); if (!made) message.success(words.saved); }}
        />
      )}
      <Secret title={words.secret} value={secret} onClose={() => setSecret(null)} />
    </Panel>
  );
}

function WebhookForm({ webhook, onClose, onSaved }: { webhook: Webhook | null; onClose: () => void; onSaved: (secret: string | null) => void }) {
  const words = useTexts(texts);
  const { language } = useLanguage();
  const { message } = App.useApp();
  const [form] = Form.useForm<{ url: string; events: string[]; active: boolean }>();
  const [busy, setBusy] = useState(false);
  const submit = async (values: { url: string; events: string[]; active: boolean }) => {
    setBusy(true);
    try {
      if (webhook) {
        await api.put(`/v1/webhooks/${webhook.id}`, values);
        onSaved(null);
      } else {
        const made = await api.post<Webhook & { secret: string }>("/v1/webhooks", values);
        onSaved(made.secret);
      }
    } catch (error) {
      message.error(asProblem(error).text(language));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal open title={webhook ? words.change : words.add} onCancel={onClose} onOk={() => form.submit()} confirmLoading={busy}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={webhook ? { url: webhook.url, events: webhook.events, active: webhook.active } : { events: EVENTS, active: true }} onFinish={(values) => void submit(values)}>
        <Form.Item name="url" label={words.url} rules={[needed(words.required)]}><Input className="mono" maxLength={2000} /></Form.Item>
        <Form.Item name="events" label={words.events} rules={[needed(words.required)]}><Checkbox.Group options={EVENTS} /></Form.Item>
        <Form.Item name="active" label={words.active} valuePropName="checked"><Switch aria-label={words.active} /></Form.Item>
      </Form>
    </Modal>
  );
}
