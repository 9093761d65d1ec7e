import { PhoneOutlined, ProfileOutlined } from "@ant-design/icons";
import type { Page } from "@/pages/registry";

export const pages: Page[] = [
  {
    path: "/tickets",
    title: { zh: "工单", en: "Tickets" },
    roles: ["reviewer", "senior_reviewer", "compliance", "administrator", "auditor", "branch"],
    nav: { order: 40, icon: <ProfileOutlined /> },
    load: () => import("./Tickets"),
  },
  {
    path: "/callbacks",
    title: { zh: "回访", en: "Call-backs" },
    roles: ["reviewer", "senior_reviewer", "compliance", "administrator", "auditor", "branch"],
    nav: { order: 45, icon: <PhoneOutlined /> },
    load: () => import("./Callbacks"),
  },
];
