import { Skeleton } from "antd";
import { useParams, useSearchParams } from "react-router-dom";
import { ProblemView } from "@/components/ProblemView";
import { common } from "@/i18n/common";
import { useTexts } from "@/i18n/language";
import { Desk } from "./Desk";
import { useSessionData } from "./useSessionData";
import "./session.css";

/** The page of a session: what was recorded, what was found in it, and what people decide. */
export default function Session() {
  const words = useTexts(common);
  const { sessionId = "" } = useParams();
  const [asked] = useSearchParams();
  const loaded = useSessionData(sessionId, asked.get("review"));
  if (loaded.problem && !loaded.data) {
    return <div className="lost"><ProblemView problem={loaded.problem} retry={() => void loaded.reload()} /></div>;
  }
  if (!loaded.data) {
    return (
      <div className="desk-waiting" aria-busy aria-label={words.loading}>
        <Skeleton.Button active block style={{ height: 40 }} />
        <div><Skeleton.Node active style={{ width: "100%", height: 260 }} /><Skeleton active paragraph={{ rows: 10 }} /><Skeleton active paragraph={{ rows: 10 }} /></div>
      </div>
    );
  }
  return (
    <Desk
      key={`${loaded.data.session.id}/${loaded.data.found.review.id}`}
      data={loaded.data}
      sound={loaded.sound}
      soundFailed={loaded.soundFailed}
      put={loaded.put}
      reload={loaded.reload}
      item={asked.get("item")}
      time={asked.get("t")}
    />
  );
}
