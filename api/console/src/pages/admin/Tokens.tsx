import { App, Button, Form, Input, InputNumber, Modal, Select } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { api } from "@/api/client";
import { asProblem } from "@/api/problem";
import { has, useMe, type Role } from "@/api/session";
import { usePages } from "@/api/usePages";
import { Mark } from "@/components/marks";
import { PagedTable } from "@/components/PagedTable";
import { Panel } from "@/figures/Panel";
import { needed } from "@/figures/needed";
import { common } from "@/i18n/common";
import { useLanguage, useTexts } from "@/i18n/language";
import { Secret } from "./Secret";
import { ROLES } from "./Users";
import { texts } from "./texts";
import { useRemoval } from "./useRemoval";

interface Token {
  id: string;
  name: string;
  user_id: string | null;
  role: Role;
  branch: string | null;
  scopes: string[];
  created_by: string;
  created_at: string;
  expires_at: string;
  revoked_at: string | null;
  last_used_at: string | null;
}

const COMMON_SCOPES = ["uploads:write", "uploads:read", "sessions:read", "sessions:write", "recordings:write", "statistics:read", "webhooks:read", "queue:read"];

/** Keys of programs. */
export function Tokens() {
  const words = useTexts(texts);
  const names = useTexts(common);
  const mayChange = has(useMe(), "administrator");
  const found = usePages<Token>("/v1/tokens");
  const [adding, setAdding] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const removal = useRemoval(found.reload);
  const revoke = (one: Token) => removal(`/v1/tokens/${one.id}`, `${words.revoke} ${one.name}`, words.revokeSure);
  const gone = (one: Token) => one.revoked_at !== null || dayjs(one.expires_at).isBefore(dayjs());
  return (
    <Panel title={words.tokens} hint={words.tokensHint} extra={mayChange && <Button type="primary" onClick={() => setAdding(true)}>{words.add}</Button>}>
      <PagedTable<Token>
        pages={found}
        rowKey="id"
        empty={words.empty}
        columns={[
          { title: words.name, render: (_, one) => <b>{one.name}</b> },
          { title: words.role, render: (_, one) => names[one.role as keyof typeof names] as string },
          { title: words.scopes, render: (_, one) => <span className="mono small">{one.scopes.join(" ") || words.all}</span> },
          { title: words.branch, dataIndex: "branch", render: (branch: string | null) => branch ?? "—" },
          { title: words.expires, width: 130, render: (_, one) => <span className="num">{dayjs(one.expires_at).format("YYYY-MM-DD")}</span> },
          { title: words.lastUsed, width: 140, render: (_, one) => <span className="num">{one.last_used_at ? dayjs(one.last_used_at).format("YYYY-MM-DD HH:mm") : words.never}</span> },
          { title: words.status, width: 100, render: (_, one) => <Mark tone={gone(one) ? "low" : "good"}>{one.revoked_at ? words.revoked : gone(one) ? words.expired : words.active}</Mark> },
          ...(mayChange ? [{ title: "", width: 90, render: (_: unknown, one: Token) => !gone(one) && <Button size="small" danger onClick={() => revoke(one)}>{words.revoke}</Button> }] : []),
        ]}
      />
      {adding && <TokenForm onClose={() => setAdding(false)} onMade={(token) => { setAdding(false); setSecret(token); found.reload(); }} />}
      <Secret title={words.tokens} value={secret} onClose={() => setSecret(null)} />
    </Panel>
  );
}

function TokenForm({ onClose, onMade }: { onClose: () => void; onMade: (token: string) => void }) {
  const words = useTexts(texts);
  const names = useTexts(common);
  const { language } = useLanguage();
  const { message } = App.useApp();
  const [form] = Form.useForm<{ name: string; role: Role; scopes: string[]; days: number; branch?: string }>();
  const role = Form.useWatch("role", form);
  const [busy, setBusy] = useState(false);
  const submit = async (values: { name: string; role: Role; scopes: string[]; days: number; branch?: string }) => {
    setBusy(true);
    try {
      const made = await api.post<Token & { token: string }>("/v1/tokens", { ...values, name: values.name.trim(), branch: values.branch?.trim() || null });
      onMade(made.token);
    } catch (error) {
      message.error(asProblem(error).text(language));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal open title={words.add} onCancel={onClose} onOk={() => form.submit()} confirmLoading={busy}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ role: "uploader", scopes: [], days: 90 }} onFinish={(values) => void submit(values)}>
        <Form.Item name="name" label={words.name} rules={[needed(words.required)]}><Input maxLength={60} /></Form.Item>
        <Form.Item name="role" label={words.role}><Select options={ROLES.map((one) => ({ value: one, label: names[one as keyof typeof names] as string }))} /></Form.Item>
        {role === "branch" && <Form.Item name="branch" label={words.forBranch} rules={[needed(words.required)]}><Input maxLength={200} /></Form.Item>}
        <Form.Item name="scopes" label={words.scopes} extra={words.scopesHint}><Select mode="tags" options={COMMON_SCOPES.map((one) => ({ value: one, label: one }))} tokenSeparators={[" ", ","]} /></Form.Item>
        <Form.Item name="days" label={words.days}><InputNumber min={1} max={730} /></Form.Item>
      </Form>
    </Modal>
  );
}
