import { CheckCircleFilled, CloseCircleFilled } from "@ant-design/icons";
import { Image } from "antd";
import type { Item } from "@/api/types";
import { Mark } from "@/components/marks";
import { clock as asClock } from "@/components/time";
import { common } from "@/i18n/common";
import { useTexts } from "@/i18n/language";
import { howOf, roleName, roleTone } from "./look";
import { texts } from "./texts";

const MOST_EVIDENCE = 6;

interface Props {
  item: Item;
  frameOf: (path: string) => string;
  onSeek: (time: number) => void;
}

/** The proof of a finding: what was heard and seen, what was found and is missing, what was answered, what it rests on. */
export function FindingDetail({ item, frameOf, onSeek }: Props) {
  const words = useTexts(texts);
  const shared = useTexts(common);
  const shown = item.evidence.slice(0, MOST_EVIDENCE);
  const frames = [...new Set(shown.map((one) => one.frame).filter((one): one is string => one !== null))];
  const points = item.concepts.filter((one) => one.value === null);
  const numbers = item.concepts.filter((one) => one.value !== null);
  const { answer } = item;
  return (
    <div className="detail">
      {(frames.length > 0 || shown.some((one) => one.quote)) && (
        <div className="proof">
          {frames[0] && (
            <Image.PreviewGroup items={frames.map(frameOf)}>
              <Image className="proof-frame" width={132} src={frameOf(frames[0])} alt={item.title} />
            </Image.PreviewGroup>
          )}
          <ul className="quotes">
            {shown.map((one, index) => (
              <li key={index} className={roleTone(one.role)}>
                <button type="button" className="plain num quote-time" onClick={() => onSeek(Math.max(0, one.start - 1))}>{asClock(one.start)}</button>
                <span className="quote-text">{one.quote ? `“${one.quote}”` : one.matched}</span>
                <Mark tone={howOf(one) === "near" ? "medium" : "low"} title={one.quote ? one.matched : undefined}>{words[`how_${howOf(one)}`]}</Mark>
              </li>
            ))}
          </ul>
        </div>
      )}
      {points.length > 0 && (
        <div className="points" aria-label={words.concepts}>
          {points.map((one, index) => (
            <span key={index} className={`point ${one.found ? "found" : "missing"}`}>
              {one.found ? <CheckCircleFilled /> : <CloseCircleFilled />}
              <span className="sr-only">{one.found ? words.heard : words.missing}</span>
              {one.name}{one.quote && one.quote !== one.name ? `：${one.quote}` : ""}
            </span>
          ))}
        </div>
      )}
      {numbers.length > 0 && (
        <table className="numbers">
          <caption className="sr-only">{words.numbers}</caption>
          <tbody>
            {numbers.map((one, index) => (
              <tr key={index}>
                <th scope="row">{one.name}</th>
                <td>{one.quote ? `“${one.quote}”` : "—"}</td>
                <td className="num">{words.heardAs(String(one.value))}</td>
                <td>{one.found ? <CheckCircleFilled className="ok" /> : <CloseCircleFilled className="bad" />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {answer && (
        <div className="answer">
          <span className="muted">{words.answer}</span>
          {answer.quote ? (
            <button type="button" className="plain answer-quote" onClick={() => answer.start != null && onSeek(Math.max(0, answer.start - 1))}>
              {answer.role ? `${roleName(answer.role, shared)}：` : ""}“{answer.quote}”
            </button>
          ) : (
            <span>{words.noAnswer}</span>
          )}
          <Mark tone={answer.class === "affirm" ? "good" : answer.class === "none" ? "low" : "high"}>
            {words[`answer_${answer.class}` as "answer_affirm"] ?? answer.class}
          </Mark>
          {answer.latency != null && answer.latency >= 0 && <span className="muted num">{words.latency(answer.latency.toFixed(1))}</span>}
        </div>
      )}
      {item.notes.length > 0 && <ul className="item-notes">{item.notes.map((one) => <li key={one.code}>{one.text}</li>)}</ul>}
      {item.fix && <p className="fix"><b>{words.fix}</b>{item.fix}</p>}
      {item.basis.length > 0 && (
        <details className="clauses">
          <summary>{words.clause} <span className="muted">{item.basis[0]?.title}{item.basis[0]?.article}</span></summary>
          <ul>{item.basis.map((one) => <li key={one.key}>{one.title} <b>{one.article}</b></li>)}</ul>
        </details>
      )}
    </div>
  );
}
