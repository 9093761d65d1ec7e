import { Tabs } from "antd";
import { has, useMe } from "@/api/session";
import { useAddress } from "@/api/useAddress";
import { PageHead } from "@/components/PageHead";
import { PeriodFilters } from "@/figures/Period";
import { useTexts } from "@/i18n/language";
import { GroupsTab } from "./GroupsTab";
import { ItemsTab } from "./ItemsTab";
import { MachineTab } from "./MachineTab";
import { OverviewTab } from "./OverviewTab";
import { QuotasTab } from "./QuotasTab";
import { ReviewersTab } from "./ReviewersTab";
import { texts } from "./texts";

/** What the team and the machine get done, and wrong. Every number opens the sessions behind it. */
export default function Dashboards() {
  const words = useTexts(texts);
  const office = !has(useMe(), "branch");
  const [query, ask] = useAddress();
  const tab = query.get("tab") ?? "overview";
  const tabs = [
    { key: "overview", label: words.overview, children: <OverviewTab office={office} /> },
    { key: "items", label: words.items, children: <ItemsTab /> },
    { key: "groups", label: words.groups, children: <GroupsTab /> },
    ...(office
      ? [
          { key: "machine", label: words.machine, children: <MachineTab /> },
          { key: "reviewers", label: words.reviewers, children: <ReviewersTab /> },
          { key: "quotas", label: words.quotas, children: <QuotasTab /> },
        ]
      : []),
  ];
  return (
    <>
      <PageHead title={words.title} extra={tab === "quotas" ? null : <PeriodFilters />} />
      <Tabs
        activeKey={tab}
        items={tabs}
        destroyOnHidden
        onChange={(key) => ask({ tab: key })}
      />
    </>
  );
}
