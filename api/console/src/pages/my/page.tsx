import { VideoCameraOutlined } from "@ant-design/icons";
import type { Page } from "@/pages/registry";

export const pages: Page[] = [
  { path: "/my", title: { zh: "我的投保录音录像", en: "My records" }, roles: "anybody", load: () => import("./My") },
  {
    path: "/records",
    title: { zh: "我的记录", en: "My records" },
    roles: ["customer"],
    nav: { order: 10, icon: <VideoCameraOutlined /> },
    load: () => import("./Own"),
  },
];
