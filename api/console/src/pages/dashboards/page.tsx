import { BarChartOutlined } from "@ant-design/icons";
import type { Page } from "@/pages/registry";

export const page: Page = {
  path: "/dashboards",
  title: { zh: "看板", en: "Dashboards" },
  roles: ["senior_reviewer", "compliance", "administrator", "auditor", "branch"],
  nav: { order: 60, icon: <BarChartOutlined /> },
  load: () => import("./Dashboards"),
};
