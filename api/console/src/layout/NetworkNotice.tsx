import { useEffect, useState } from "react";
import { common } from "@/i18n/common";
import { useTexts } from "@/i18n/language";

/** Says that the network is down for as long as it is. */
export function NetworkNotice() {
  const words = useTexts(common);
  const [online, setOnline] = useState(() => navigator.onLine);
  useEffect(() => {
    const up = () => setOnline(true);
    const down = () => setOnline(false);
    window.addEventListener("online", up);
    window.addEventListener("offline", down);
    return () => {
      window.removeEventListener("online", up);
      window.removeEventListener("offline", down);
    };
  }, []);
  return (
    <div role="status" aria-live="polite">
      {!online && <div className="network">{words.offline}</div>}
    </div>
  );
}
