import { PageHead } from "@/components/PageHead";
import { useTexts } from "@/i18n/language";
import { TicketList } from "./TicketList";
import { texts } from "./texts";

export default function Callbacks() {
  const words = useTexts(texts);
  return (
    <>
      <PageHead title={words.callbacks} hint={words.callbacksHint} />
      <TicketList kinds={["callback"]} />
    </>
  );
}
