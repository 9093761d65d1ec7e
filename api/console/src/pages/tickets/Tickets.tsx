import { PageHead } from "@/components/PageHead";
import { useTexts } from "@/i18n/language";
import { TicketList } from "./TicketList";
import { texts } from "./texts";

export default function Tickets() {
  const words = useTexts(texts);
  return (
    <>
      <PageHead title={words.title} hint={words.hint} />
      <TicketList kinds={["rectify", "missell", "verify"]} />
    </>
  );
}
