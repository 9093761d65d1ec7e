import { createBrowserRouter, Navigate, type RouteObject } from "react-router-dom";
import { useSession } from "./api/session";
import { Framed, Guarded, Plain } from "./layout/Frame";
import { Broken } from "./layout/Broken";
import { NotFound } from "./layout/NotFound";
import { home, pages, type Page } from "./pages/registry";

function routeOf(page: Page): RouteObject {
  return {
    path: page.path,
    handle: page,
    errorElement: <Broken />,
    lazy: async () => {
      const { default: Component } = await page.load();
      return { element: <Guarded page={page}><Component /></Guarded> };
    },
  };
}

function Home() {
  const { me } = useSession();
  return me ? <Navigate to={home(me.role)} replace /> : null;
}

/** Every page below /console; what is in a frame is for those who have signed in. */
export const router = createBrowserRouter(
  [
    {
      element: <Plain />,
      errorElement: <Broken />,
      children: pages.filter((one) => one.roles === "anybody").map(routeOf),
    },
    {
      element: <Framed />,
      errorElement: <Broken />,
      children: [
        { path: "/", element: <Home /> },
        ...pages.filter((one) => one.roles !== "anybody").map(routeOf),
        { path: "*", element: <NotFound /> },
      ],
    },
  ],
  { basename: "/console" },
);
