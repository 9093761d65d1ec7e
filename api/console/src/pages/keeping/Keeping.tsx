import { Tabs } from "antd";
import { useAddress } from "@/api/useAddress";
import { PageHead } from "@/components/PageHead";
import { useTexts } from "@/i18n/language";
import { Candidates } from "./Candidates";
import { Holds } from "./Holds";
import { LookUp } from "./LookUp";
import { Purges } from "./Purges";
import { texts } from "./texts";
import "@/figures/figures.css";

/** How long recordings are kept: what is held, what may go, and removing it by two people. */
export default function Keeping() {
  const words = useTexts(texts);
  const [asked, ask] = useAddress();
  return (
    <>
      <PageHead title={words.title} hint={words.hint} />
      <Tabs
        activeKey={asked.get("tab") ?? "purges"}
        onChange={(tab) => ask({ tab })}
        destroyOnHidden
        items={[
          { key: "purges", label: words.purges, children: <Purges /> },
          { key: "candidates", label: words.candidates, children: <Candidates /> },
          { key: "holds", label: words.holds, children: <Holds /> },
          { key: "policy", label: words.lookUp, children: <LookUp /> },
        ]}
      />
    </>
  );
}
