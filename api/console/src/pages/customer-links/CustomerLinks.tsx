import { Alert, App, Button, Empty, Form, Input, InputNumber, Select, Space, Table } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { useSearchParams } from "react-router-dom";
import { api } from "@/api/client";
import { asProblem } from "@/api/problem";
import { has, useMe } from "@/api/session";
import { useLoad } from "@/api/useLoad";
import { PageHead } from "@/components/PageHead";
import { ProblemView } from "@/components/ProblemView";
import { Mark } from "@/components/marks";
import { Panel } from "@/figures/Panel";
import { useLanguage, useTexts } from "@/i18n/language";
import { texts } from "./texts";

interface Session {
  id: string;
  policy_no: string | null;
  product: string | null;
  scenario: string | null;
  recorded_at: string | null;
  created_at: string;
}

interface Link {
  id: string;
  created_by: string;
  created_at: string;
  expires_at: string;
  used_at: string | null;
  revoked_at: string | null;
}

/** Links that let customers in, once each. */
export default function CustomerLinks() {
  const words = useTexts(texts);
  const [query, setQuery] = useSearchParams();
  const policy = query.get("policy") ?? "";
  const chosen = query.get("session");
  const found = useLoad(
    (signal) => (policy ? api.get<{ items: Session[] }>("/v1/sessions", { policy_no: policy, limit: 50 }, { signal }) : Promise.resolve({ items: [] })),
    [policy],
  );
  const rows = found.data?.items ?? [];
  return (
    <>
      <PageHead title={words.title} hint={words.hint} />
      <div className="filters">
        <Input.Search
          allowClear
          style={{ width: 300 }}
          placeholder={words.find}
          aria-label={words.find}
          defaultValue={policy}
          onSearch={(text) => setQuery(text.trim() ? { policy: text.trim() } : {})}
        />
      </div>
      <div className="stack">
        {found.problem && <ProblemView problem={found.problem} retry={found.reload} />}
        {!policy && !chosen && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.start} />}
        {policy && (
          <Table<Session>
            size="small"
            rowKey="id"
            loading={found.loading}
            dataSource={rows}
            pagination={false}
            locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.none} /> }}
            columns={[
              { title: words.session, render: (_, one) => <span className="mono small">{one.id.slice(-12)}</span> },
              { title: words.policy, dataIndex: "policy_no" },
              { title: words.product, dataIndex: "product", ellipsis: true },
              { title: words.recorded, render: (_, one) => <span className="num">{dayjs(one.recorded_at ?? one.created_at).format("YYYY-MM-DD HH:mm")}</span> },
              { title: "", width: 90, render: (_, one) => <Button size="small" type={one.id === chosen ? "primary" : "default"} onClick={() => setQuery({ policy, session: one.id })}>{words.choose}</Button> },
            ]}
          />
        )}
        {chosen && <Issued key={chosen} session={chosen} />}
      </div>
    </>
  );
}

function Issued({ session }: { session: string }) {
  const words = useTexts(texts);
  const { language } = useLanguage();
  const { message } = App.useApp();
  const mayIssue = has(useMe(), "compliance");
  const [made, setMade] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const found = useLoad((signal) => api.get<{ items: Link[] }>("/v1/customer-links", { session }, { signal }), [session]);
  const issue = async (values: { role: string; days: number }) => {
    setBusy(true);
    try {
      const link = await api.post<{ path: string }>("/v1/customer-links", { session_id: session, ...values });
      setMade(`${window.location.origin}${link.path}`);
      found.reload();
    } catch (error) {
      message.error(asProblem(error).text(language));
    } finally {
      setBusy(false);
    }
  };
  const revoke = async (one: Link) => {
    try {
      await api.delete(`/v1/customer-links/${one.id}`);
      found.reload();
    } catch (error) {
      message.error(asProblem(error).text(language));
    }
  };
  const stateOf = (one: Link) =>
    one.revoked_at ? <Mark tone="low">{words.revoked}</Mark> : one.used_at ? <Mark tone="low">{words.used(dayjs(one.used_at).format("MM-DD HH:mm"))}</Mark> : dayjs(one.expires_at).isBefore(dayjs()) ? <Mark tone="low">{words.expired}</Mark> : <Mark tone="good">{words.unused}</Mark>;
  return (
    <>
      {mayIssue && (
        <Panel title={words.issue}>
          <Form layout="inline" initialValues={{ role: "policyholder", days: 3 }} onFinish={(values: { role: string; days: number }) => void issue(values)}>
            <Form.Item name="role" label={words.who}>
              <Select style={{ width: 130 }} options={(["policyholder", "insured", "guardian"] as const).map((one) => ({ value: one, label: words[one] }))} />
            </Form.Item>
            <Form.Item name="days" label={words.days}><InputNumber min={1} max={14} /></Form.Item>
            <Button type="primary" htmlType="submit" loading={busy}>{words.issue}</Button>
          </Form>
          {made && (
            <div style={{ marginTop: 12 }}>
              <Alert type="warning" showIcon message={words.made} style={{ marginBottom: 8 }} />
              <Space.Compact block>
                <Input readOnly className="mono" id="customer-link" value={made} aria-label={words.address} onFocus={(event) => event.target.select()} />
                <Button onClick={() => void navigator.clipboard.writeText(made).then(() => message.success(words.copied))}>{words.copy}</Button>
              </Space.Compact>
            </div>
          )}
        </Panel>
      )}
      <Panel title={words.links}>
        {found.problem && <ProblemView problem={found.problem} retry={found.reload} />}
        <Table<Link>
          size="small"
          rowKey="id"
          loading={found.loading}
          dataSource={found.data?.items ?? []}
          pagination={false}
          locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.noLinks} /> }}
          columns={[
            { title: words.madeBy, dataIndex: "created_by" },
            { title: words.at, render: (_, one) => <span className="num">{dayjs(one.created_at).format("YYYY-MM-DD HH:mm")}</span> },
            { title: words.expires, render: (_, one) => <span className="num">{dayjs(one.expires_at).format("YYYY-MM-DD HH:mm")}</span> },
            { title: words.state, render: (_, one) => stateOf(one) },
            ...(mayIssue ? [{ title: "", width: 90, render: (_: unknown, one: Link) => !one.used_at && !one.revoked_at && <Button size="small" onClick={() => void revoke(one)}>{words.revoke}</Button> }] : []),
          ]}
        />
      </Panel>
    </>
  );
}
