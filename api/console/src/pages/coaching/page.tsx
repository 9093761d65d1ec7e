import { RiseOutlined } from "@ant-design/icons";
import type { Page } from "@/pages/registry";

export const page: Page = {
  path: "/coaching",
  title: { zh: "辅导", en: "Coaching" },
  roles: ["senior_reviewer", "compliance", "auditor", "branch"],
  nav: { order: 65, icon: <RiseOutlined /> },
  load: () => import("./Coaching"),
};
