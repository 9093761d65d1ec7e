import { App, Button, Segmented } from "antd";
import dayjs from "dayjs";
import { api } from "@/api/client";
import { asProblem } from "@/api/problem";
import { has, useMe } from "@/api/session";
import { useAddress } from "@/api/useAddress";
import { usePages } from "@/api/usePages";
import { Mark } from "@/components/marks";
import { PagedTable } from "@/components/PagedTable";
import { Panel } from "@/figures/Panel";
import { useLanguage, useTexts } from "@/i18n/language";
import { texts } from "./texts";

interface Delivery {
  id: string;
  webhook_id: string;
  event_number: number;
  state: "pending" | "delivered" | "dead";
  attempts: number;
  next_at: string;
  status: number | null;
  error: string | null;
  created_at: string;
}

const TONE = { pending: "medium", delivered: "good", dead: "critical" } as const;
type Which = "all" | "pending" | "delivered" | "dead";

/** What was told, and what nobody took. */
export function Deliveries() {
  const words = useTexts(texts);
  const { language } = useLanguage();
  const { message } = App.useApp();
  const mayChange = has(useMe(), "administrator");
  const [query, ask] = useAddress();
  const state = (query.get("state") as Which | null) ?? "all";
  const found = usePages<Delivery>("/v1/webhooks/deliveries", { webhook: query.get("webhook"), state: state === "all" ? null : state });
  const again = async (one: Delivery) => {
    try {
      await api.post(`/v1/webhooks/${one.webhook_id}/deliveries/${one.id}/again`);
      message.success(words.againDone);
      found.reload();
    } catch (error) {
      message.error(asProblem(error).text(language));
    }
  };
  return (
    <Panel
      title={words.deliveries}
      extra={
        <Segmented<Which>
          aria-label={words.status}
          value={state}
          options={[{ value: "all", label: words.all }, { value: "pending", label: words.state_pending }, { value: "delivered", label: words.state_delivered }, { value: "dead", label: words.state_dead }]}
          onChange={(value) => ask({ state: value === "all" ? undefined : value })}
        />
      }
    >
      <PagedTable<Delivery>
        pages={found}
        rowKey="id"
        empty={words.empty}
        columns={[
          { title: words.events, dataIndex: "event_number", width: 100, render: (n: number) => <span className="num">#{n}</span> },
          { title: words.status, width: 150, render: (_, one) => <Mark tone={TONE[one.state]}>{words[`state_${one.state}`]}</Mark> },
          { title: words.attempts, dataIndex: "attempts", width: 80, align: "right" },
          { title: "HTTP", dataIndex: "status", width: 80, align: "right", render: (n: number | null) => n ?? "—" },
          { title: words.error, dataIndex: "error", ellipsis: true, render: (text: string | null) => text ?? "—" },
          { title: words.created, width: 150, render: (_, one) => <span className="num">{dayjs(one.created_at).format("YYYY-MM-DD HH:mm")}</span> },
          ...(mayChange ? [{ title: "", width: 110, render: (_: unknown, one: Delivery) => one.state !== "delivered" && <Button size="small" onClick={() => void again(one)}>{words.again}</Button> }] : []),
        ]}
      />
    </Panel>
  );
}
