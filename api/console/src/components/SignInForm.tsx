import { Alert, Button, Form, Input } from "antd";
import { useEffect, useState } from "react";
import { api } from "@/api/client";
import { asProblem, type Problem } from "@/api/problem";
import { useSession } from "@/api/session";
import { defineTexts, useLanguage, useTexts } from "@/i18n/language";

const texts = defineTexts(
  {
    name: "用户名",
    password: "密码",
    nameNeeded: "请输入用户名",
    passwordNeeded: "请输入密码",
    signIn: "登录",
    oidc: "统一身份认证登录",
    or: "或",
  },
  {
    name: "User name",
    password: "Password",
    nameNeeded: "Enter your user name",
    passwordNeeded: "Enter your password",
    signIn: "Sign in",
    oidc: "Sign in with the organisation's account",
    or: "or",
  },
);

/** How one can sign in here. */
interface Ways {
  password: boolean;
  oidc: boolean;
}

interface Props {
  name?: string;
  /** Whether it must be the same person again. */
  fixed?: boolean;
  /** Where to go afterwards, for those whom the identity provider sends back. */
  next?: string;
  onDone?: () => void;
}

export function SignInForm({ name, fixed, next, onDone }: Props) {
  const words = useTexts(texts);
  const { language } = useLanguage();
  const { signIn } = useSession();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const [ways, setWays] = useState<Ways>({ password: true, oidc: false });
  useEffect(() => {
    api.get<Ways>("/v1/login").then(setWays, () => undefined);
  }, []);
  const submit = async (values: { name: string; password: string }) => {
    setBusy(true);
    setProblem(null);
    try {
      await signIn(values.name.trim(), values.password);
      onDone?.();
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Form layout="vertical" requiredMark={false} initialValues={{ name }} onFinish={(values) => void submit(values)}>
      {problem && <Alert type="error" showIcon message={problem.text(language)} style={{ marginBottom: 12 }} role="alert" />}
      <Form.Item name="name" label={words.name} rules={[{ required: true, message: words.nameNeeded }]}>
        <Input size="large" autoComplete="username" autoFocus={!name} disabled={fixed} maxLength={200} />
      </Form.Item>
      <Form.Item name="password" label={words.password} rules={[{ required: true, message: words.passwordNeeded }]}>
        <Input.Password size="large" autoComplete="current-password" autoFocus={!!name} maxLength={256} />
      </Form.Item>
      <Button type="primary" htmlType="submit" size="large" block loading={busy}>{words.signIn}</Button>
      {ways.oidc && (
        <>
          <div className="muted" style={{ textAlign: "center", margin: "10px 0" }}>{words.or}</div>
          <Button size="large" block href={`/v1/oidc/login?next=${encodeURIComponent(`/console${next ?? "/"}`)}`}>
            {words.oidc}
          </Button>
        </>
      )}
    </Form>
  );
}
