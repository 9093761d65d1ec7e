import { App, Button, Form, Input, Modal, Select, Switch } from "antd";
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
import { texts } from "./texts";

interface User {
  id: string;
  name: string;
  role: Role;
  active: boolean;
  staff_no: string | null;
  branch: string | null;
  customer_key: string | null;
  external: boolean;
  has_password: boolean;
  locked_until: string | null;
  created_at: string;
}

export const ROLES: Role[] = ["reviewer", "senior_reviewer", "compliance", "auditor", "administrator", "branch", "uploader", "customer"];

/** People: added, changed, put out of use. */
export function Users() {
  const words = useTexts(texts);
  const names = useTexts(common);
  const mayChange = has(useMe(), "administrator");
  const found = usePages<User>("/v1/users");
  const [chosen, setChosen] = useState<User | "new" | null>(null);
  const [resetting, setResetting] = useState<User | null>(null);
  return (
    <Panel title={words.users} hint={words.usersHint} extra={mayChange && <Button type="primary" onClick={() => setChosen("new")}>{words.add}</Button>}>
      <PagedTable<User>
        pages={found}
        rowKey="id"
        empty={words.empty}
        columns={[
          { title: words.name, render: (_, one) => <b>{one.name}</b>, sorter: (a, b) => a.name.localeCompare(b.name) },
          { title: words.role, render: (_, one) => names[one.role as keyof typeof names] as string, filters: ROLES.map((role) => ({ value: role, text: names[role as keyof typeof names] as string })), onFilter: (value, one) => one.role === value },
          { title: words.branch, dataIndex: "branch", render: (branch: string | null) => branch ?? "—" },
          { title: words.staffNo, dataIndex: "staff_no", render: (no: string | null) => no ?? "—" },
          { title: words.signIn, render: (_, one) => [one.has_password && words.byPassword, one.external && words.byProvider].filter(Boolean).join("、") || "—" },
          {
            title: words.status,
            render: (_, one) => (
              <>
                <Mark tone={one.active ? "good" : "low"}>{one.active ? words.active : words.inactive}</Mark>
                {one.locked_until && dayjs(one.locked_until).isAfter(dayjs()) && <span className="small bad-number"> {words.locked(dayjs(one.locked_until).format("HH:mm"))}</span>}
              </>
            ),
          },
          { title: words.created, width: 110, render: (_, one) => <span className="num">{dayjs(one.created_at).format("YYYY-MM-DD")}</span> },
          ...(mayChange
            ? [{ title: "", width: 170, render: (_: unknown, one: User) => <><Button size="small" onClick={() => setChosen(one)}>{words.change}</Button> <Button size="small" onClick={() => setResetting(one)}>{words.newPassword}</Button></> }]
            : []),
        ]}
      />
      {chosen && <UserForm user={chosen === "new" ? null : chosen} onClose={() => setChosen(null)} onSaved={() => { setChosen(null); found.reload(); }} />}
      {resetting && <PasswordForm user={resetting} onClose={() => setResetting(null)} />}
    </Panel>
  );
}

interface Values {
  name: string;
  role: Role;
  active: boolean;
  staff_no?: string;
  branch?: string;
  customer_key?: string;
  password?: string;
}

function UserForm({ user, onClose, onSaved }: { user: User | null; onClose: () => void; onSaved: () => void }) {
  const words = useTexts(texts);
  const names = useTexts(common);
  const { language } = useLanguage();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const role = Form.useWatch("role", form);
  const [busy, setBusy] = useState(false);
  const submit = async (values: Values) => {
    setBusy(true);
    const changed = {
      role: values.role,
      active: values.active,
      staff_no: values.staff_no?.trim() || null,
      branch: values.branch?.trim() || null,
      customer_key: values.customer_key?.trim() || null,
    };
    try {
      if (user) await api.put(`/v1/users/${user.id}`, changed);
      else await api.post("/v1/users", { ...changed, name: values.name.trim(), password: values.password || null });
      message.success(words.saved);
      onSaved();
    } catch (error) {
      message.error(asProblem(error).text(language));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal open title={user ? user.name : words.add} onCancel={onClose} onOk={() => form.submit()} okText={names.save} confirmLoading={busy}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={user ?? { role: "reviewer", active: true }} onFinish={(values) => void submit(values)}>
        {!user && (
          <Form.Item name="name" label={words.name} extra={words.nameHint} rules={[needed(words.required), { pattern: /^[\p{L}\p{N}_.@-]+$/u, message: words.nameHint }]}>
            <Input maxLength={100} autoComplete="off" />
          </Form.Item>
        )}
        <Form.Item name="role" label={words.role}><Select options={ROLES.map((one) => ({ value: one, label: names[one as keyof typeof names] as string }))} /></Form.Item>
        {role === "branch" && <Form.Item name="branch" label={words.branch} extra={words.branchHint} rules={[needed(words.required)]}><Input maxLength={100} /></Form.Item>}
        {(role === "reviewer" || role === "senior_reviewer" || role === "compliance") && <Form.Item name="staff_no" label={words.staffNo} extra={words.staffHint}><Input maxLength={100} /></Form.Item>}
        {role === "customer" && <Form.Item name="customer_key" label={words.customerKey} rules={[{ pattern: /^[0-9a-f]{64}$/, message: words.customerKey }]}><Input className="mono" maxLength={64} /></Form.Item>}
        {!user && <Form.Item name="password" label={words.password} extra={words.passwordHint}><Input.Password maxLength={256} autoComplete="new-password" /></Form.Item>}
        <Form.Item name="active" label={words.active} valuePropName="checked"><Switch aria-label={words.active} /></Form.Item>
      </Form>
    </Modal>
  );
}

function PasswordForm({ user, onClose }: { user: User; onClose: () => void }) {
  const words = useTexts(texts);
  const { language } = useLanguage();
  const { message } = App.useApp();
  const [form] = Form.useForm<{ password: string }>();
  const submit = async ({ password }: { password: string }) => {
    try {
      await api.post(`/v1/users/${user.id}/password`, { password });
      message.success(words.passwordSet);
      onClose();
    } catch (error) {
      message.error(asProblem(error).text(language));
    }
  };
  return (
    <Modal open title={`${words.newPassword} · ${user.name}`} onCancel={onClose} onOk={() => form.submit()}>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(values) => void submit(values)}>
        <Form.Item name="password" label={words.password} rules={[needed(words.required)]}><Input.Password maxLength={256} autoComplete="new-password" /></Form.Item>
      </Form>
    </Modal>
  );
}
