import { UnorderedListOutlined } from "@ant-design/icons";
import type { Page } from "@/pages/registry";

export const page: Page = {
  path: "/queue",
  title: { zh: "待办", en: "Queue" },
  roles: ["reviewer", "senior_reviewer", "compliance", "auditor"],
  nav: { order: 10, icon: <UnorderedListOutlined /> },
  fills: true,
  load: () => import("./Queue"),
};
