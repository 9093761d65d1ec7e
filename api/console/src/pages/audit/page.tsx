import { SafetyCertificateOutlined } from "@ant-design/icons";
import type { Page } from "@/pages/registry";

export const page: Page = {
  path: "/audit",
  title: { zh: "审计", en: "Audit" },
  roles: ["auditor", "administrator"],
  nav: { order: 90, icon: <SafetyCertificateOutlined /> },
  load: () => import("./Audit"),
};
