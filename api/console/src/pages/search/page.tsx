import { SearchOutlined } from "@ant-design/icons";
import type { Page } from "@/pages/registry";

export const page: Page = {
  path: "/search",
  title: { zh: "搜索", en: "Search" },
  roles: ["reviewer", "senior_reviewer", "compliance", "auditor"],
  nav: { order: 20, icon: <SearchOutlined /> },
  load: () => import("./Search"),
};
