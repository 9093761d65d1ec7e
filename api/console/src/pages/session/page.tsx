import type { Page } from "@/pages/registry";

export const page: Page = {
  path: "/sessions/:sessionId",
  title: { zh: "会话", en: "Session" },
  roles: ["reviewer", "senior_reviewer", "compliance", "auditor"],
  fills: true,
  load: () => import("./Session"),
};
