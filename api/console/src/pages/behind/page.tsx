import type { Page } from "@/pages/registry";

export const page: Page = {
  path: "/behind",
  title: { zh: "会话清单", en: "Sessions" },
  roles: ["senior_reviewer", "compliance", "administrator", "auditor", "branch"],
  load: () => import("./Behind"),
};
