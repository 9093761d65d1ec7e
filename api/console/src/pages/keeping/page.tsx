import { LockOutlined } from "@ant-design/icons";
import type { Page } from "@/pages/registry";

export const page: Page = {
  path: "/keeping",
  title: { zh: "保管", en: "Keeping" },
  roles: ["compliance", "administrator", "auditor"],
  nav: { order: 85, icon: <LockOutlined /> },
  load: () => import("./Keeping"),
};
