import type { Page } from "@/pages/registry";

export const page: Page = {
  path: "/login",
  title: { zh: "登录", en: "Sign in" },
  roles: "anybody",
  load: () => import("./Login"),
};
