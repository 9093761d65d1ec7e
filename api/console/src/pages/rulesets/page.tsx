import { BookOutlined } from "@ant-design/icons";
import type { Page } from "@/pages/registry";

const READERS = ["compliance", "reviewer", "senior_reviewer", "auditor", "administrator"] as const;

export const pages: Page[] = [
  {
    path: "/rulesets",
    title: { zh: "规则", en: "Rules" },
    roles: READERS,
    nav: { order: 70, icon: <BookOutlined /> },
    load: () => import("./RuleSets"),
  },
  {
    path: "/rulesets/:name",
    title: { zh: "规则集", en: "Rule set" },
    roles: READERS,
    load: () => import("./RuleSet"),
  },
];
