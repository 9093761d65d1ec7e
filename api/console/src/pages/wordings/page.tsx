import type { Page } from "@/pages/registry";

export const page: Page = {
  path: "/wordings",
  title: { zh: "复核确认的说法", en: "Wordings from reviews" },
  roles: ["compliance", "senior_reviewer", "auditor"],
  load: () => import("./Wordings"),
};
