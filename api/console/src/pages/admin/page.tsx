import { SettingOutlined } from "@ant-design/icons";
import type { Page } from "@/pages/registry";

export const page: Page = {
  path: "/admin",
  title: { zh: "管理", en: "Administration" },
  roles: ["administrator", "auditor"],
  nav: { order: 95, icon: <SettingOutlined /> },
  load: () => import("./Admin"),
};
