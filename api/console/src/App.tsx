import { App as AntApp, ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";
import { useEffect } from "react";
import { RouterProvider } from "react-router-dom";
import { SessionProvider } from "./api/session";
import { LanguageProvider, useLanguage } from "./i18n/language";
import { router } from "./routes";
import { theme } from "./theme/theme";

function Dressed() {
  const { language } = useLanguage();
  useEffect(() => {
    dayjs.locale(language === "zh" ? "zh-cn" : "en");
  }, [language]);
  return (
    <ConfigProvider
      locale={language === "zh" ? zhCN : enUS}
      theme={theme}
      button={{ autoInsertSpace: false }}
      wave={{ disabled: true }}
    >
      <AntApp message={{ maxCount: 3 }} style={{ height: "100%" }}>
        <SessionProvider>
          <RouterProvider router={router} />
        </SessionProvider>
      </AntApp>
    </ConfigProvider>
  );
}

/** The console. */
export function App() {
  return (
    <LanguageProvider>
      <Dressed />
    </LanguageProvider>
  );
}
