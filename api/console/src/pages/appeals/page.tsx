import { AuditOutlined } from "@ant-design/icons";
import type { Page } from "@/pages/registry";

export const pages: Page[] = [
  {
    path: "/appeals",
    title: { zh: "申诉终审", en: "Appeals" },
    roles: ["senior_reviewer", "compliance", "auditor"],
    nav: { order: 30, icon: <AuditOutlined /> },
    load: () => import("./Appeals"),
  },
  {
    path: "/appeals/:reviewId",
    title: { zh: "终审", en: "Final judgement" },
    roles: ["senior_reviewer", "compliance", "auditor"],
    load: () => import("./Judgement"),
  },
];
