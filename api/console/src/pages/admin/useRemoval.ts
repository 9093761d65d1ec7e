import { App } from "antd";
import { useCallback } from "react";
import { api } from "@/api/client";
import { asProblem } from "@/api/problem";
import { useLanguage } from "@/i18n/language";

/** Asks, removes what stands at `path`, and has the list loaded anew. */
export function useRemoval(reload: () => void): (path: string, title: string, sure: string) => void {
  const { language } = useLanguage();
  const { message, modal } = App.useApp();
  return useCallback(
    (path, title, sure) =>
      void modal.confirm({
        title,
        content: sure,
        okButtonProps: { danger: true },
        onOk: async () => {
          try {
            await api.delete(path);
            reload();
          } catch (error) {
            message.error(asProblem(error).text(language));
          }
        },
      }),
    [modal, message, language, reload],
  );
}
