import { Spin } from "antd";
import { useEffect, type ReactNode } from "react";
import { Navigate, Outlet, useLocation, useMatches } from "react-router-dom";
import { has, useSession } from "@/api/session";
import { common } from "@/i18n/common";
import { useLanguage, useTexts } from "@/i18n/language";
import type { Page } from "@/pages/registry";
import { Expired } from "./Expired";
import { Navigation } from "./Navigation";
import { NetworkNotice } from "./NetworkNotice";
import { NotFound } from "./NotFound";
import "./frame.css";

function useTitle() {
  const { language } = useLanguage();
  const words = useTexts(common);
  const page = useMatches().at(-1)?.handle as Page | undefined;
  useEffect(() => {
    document.title = page ? `${page.title[language]} · ${words.product}` : words.product;
  }, [page, language, words]);
  return page;
}

/** Pages for who has signed in: navigation on the left, the page beside it. */
export function Framed() {
  const words = useTexts(common);
  const { me, expired } = useSession();
  const place = useLocation();
  const page = useTitle();
  if (me === undefined) return <div className="waiting"><Spin size="large" aria-label={words.loading} /></div>;
  if (me === null) {
    const next = place.pathname === "/" ? "" : `?next=${encodeURIComponent(place.pathname + place.search)}`;
    return <Navigate to={`/login${next}`} replace />;
  }
  return (
    <div className="frame">
      <a className="skip" href="#content">{words.skipToContent}</a>
      <Navigation me={me} />
      <main id="content" className={page?.fills ? "content fills" : "content"} tabIndex={-1}>
        <Outlet />
      </main>
      <NetworkNotice />
      {expired && <Expired me={me} />}
    </div>
  );
}

/** Pages for anybody: nothing around them. */
export function Plain() {
  useTitle();
  return (
    <>
      <Outlet />
      <NetworkNotice />
    </>
  );
}

/** A page only for those whose page it is. */
export function Guarded({ page, children }: { page: Page; children: ReactNode }) {
  const { me } = useSession();
  return page.roles === "anybody" || has(me, ...page.roles) ? children : <NotFound />;
}
