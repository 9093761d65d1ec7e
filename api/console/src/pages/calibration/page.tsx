import { AimOutlined } from "@ant-design/icons";
import type { Page } from "@/pages/registry";

export const page: Page = {
  path: "/calibration",
  title: { zh: "校准", en: "Calibration" },
  roles: ["senior_reviewer", "compliance", "administrator", "auditor"],
  nav: { order: 50, icon: <AimOutlined /> },
  load: () => import("./Calibration"),
};
