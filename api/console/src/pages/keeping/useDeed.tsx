import { App } from "antd";
import { useCallback, useRef, type ReactNode } from "react";
import { asProblem } from "@/api/problem";
import { common } from "@/i18n/common";
import { useLanguage, useTexts } from "@/i18n/language";

/** What is asked before something is done that stands from then on. */
export interface Deed {
  title: string;
  /** What is said of it, and what has to be filled in. */
  content?: ReactNode;
  ok: string;
  danger?: boolean;
  /** Whether what was filled in will do; the window stays open otherwise. */
  ready?: () => boolean;
  act: () => Promise<unknown>;
  /** What is said afterwards. */
  done: string;
}

/** Asks, does it, says so, and has what is shown loaded anew; a window that stays open says why it failed. */
export function useDeed(after: () => void): (deed: Deed) => void {
  const { modal, message } = App.useApp();
  const { language } = useLanguage();
  const words = useTexts(common);
  const latest = useRef(after);
  latest.current = after;
  return useCallback(
    (deed) =>
      void modal.confirm({
        title: deed.title,
        content: deed.content,
        icon: null,
        width: 480,
        okText: deed.ok,
        cancelText: words.cancel,
        okButtonProps: { danger: deed.danger },
        onOk: async () => {
          if (deed.ready && !deed.ready()) throw new Error(deed.title);
          try {
            await deed.act();
          } catch (error) {
            message.error(asProblem(error).text(language), 6);
            throw error;
          }
          message.success(deed.done);
          latest.current();
        },
      }),
    [modal, message, language, words],
  );
}
