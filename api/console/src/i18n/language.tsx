import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";

export type Language = "zh" | "en";
const KEPT = "mingjian.language";

interface Choice {
  language: Language;
  choose: (language: Language) => void;
}

const Chosen = createContext<Choice>({ language: "zh", choose: () => undefined });

function kept(): Language {
  try {
    return window.localStorage.getItem(KEPT) === "en" ? "en" : "zh";
  } catch {
    return "zh"; // a browser that keeps nothing speaks Chinese
  }
}

/** The language of the page, Chinese unless somebody chose English in this browser. */
export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(kept);
  const choose = useCallback((chosen: Language) => {
    setLanguage(chosen);
    try {
      window.localStorage.setItem(KEPT, chosen);
    } catch {
      // the choice lasts as long as the page
    }
  }, []);
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  }, [language]);
  const value = useMemo(() => ({ language, choose }), [language, choose]);
  return <Chosen.Provider value={value}>{children}</Chosen.Provider>;
}

export function useLanguage(): Choice {
  return useContext(Chosen);
}

/** What a dictionary holds: words, or a function that puts values into them. */
export type Entry = string | ((...values: never[]) => string);
type Same<Words> = { [Key in keyof Words]: Words[Key] extends (...values: infer V) => string ? (...values: V) => string : string };

export interface Texts<Words> {
  zh: Words;
  en: Same<Words>;
}

/** A dictionary of one page: Chinese first; English must have the same entries, or it does not compile. */
export function defineTexts<Words extends Record<string, Entry>>(zh: Words, en: Same<Words>): Texts<Words> {
  return { zh, en };
}

/** The entries of a dictionary in the language of the page. */
export function useTexts<Words>(texts: Texts<Words>): Same<Words> {
  const { language } = useLanguage();
  return language === "zh" ? (texts.zh as unknown as Same<Words>) : texts.en;
}
