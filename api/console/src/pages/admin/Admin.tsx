import { Tabs } from "antd";
import { useSearchParams } from "react-router-dom";
import { PageHead } from "@/components/PageHead";
import { useTexts } from "@/i18n/language";
import { Deliveries } from "./Deliveries";
import { Tokens } from "./Tokens";
import { Users } from "./Users";
import { Webhooks } from "./Webhooks";
import { texts } from "./texts";
import "@/figures/figures.css";

/** People, keys of programs, addresses that are told of events. */
export default function Admin() {
  const words = useTexts(texts);
  const [query, setQuery] = useSearchParams();
  return (
    <>
      <PageHead title={words.title} />
      <Tabs
        activeKey={query.get("tab") ?? "users"}
        onChange={(tab) => setQuery({ tab })}
        destroyOnHidden
        items={[
          { key: "users", label: words.users, children: <Users /> },
          { key: "tokens", label: words.tokens, children: <Tokens /> },
          { key: "webhooks", label: words.webhooks, children: <Webhooks /> },
          { key: "deliveries", label: words.deliveries, children: <Deliveries /> },
        ]}
      />
    </>
  );
}
