import { api } from "@/api/client";
import { PageHead } from "@/components/PageHead";
import { useTexts } from "@/i18n/language";
import { Records } from "./Records";
import { texts } from "./texts";
import type { Asking } from "./visit";
import "./my.css";

const asking: Asking = { get: (path, query) => api.get(path, query), post: (path, body) => api.post(path, body) };

/** The same for a customer who has signed in. */
export default function Own() {
  const words = useTexts(texts);
  return (
    <>
      <PageHead title={words.title} hint={words.hint} />
      <Records asking={asking} />
    </>
  );
}
