import { FileSearchOutlined } from "@ant-design/icons";
import type { Page } from "@/pages/registry";

export const page: Page = {
  path: "/branch",
  title: { zh: "质检结果", en: "Findings" },
  roles: ["branch"],
  nav: { order: 10, icon: <FileSearchOutlined /> },
  load: () => import("./Branch"),
};
