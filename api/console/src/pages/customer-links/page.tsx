import { LinkOutlined } from "@ant-design/icons";
import type { Page } from "@/pages/registry";

export const page: Page = {
  path: "/customer-links",
  title: { zh: "客户查阅", en: "Customer links" },
  roles: ["compliance", "auditor"],
  nav: { order: 80, icon: <LinkOutlined /> },
  load: () => import("./CustomerLinks"),
};
