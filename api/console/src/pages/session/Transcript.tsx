import { AimOutlined, EditOutlined, SearchOutlined, UserSwitchOutlined } from "@ant-design/icons";
import { Button, Empty, Input, Tooltip, type InputRef } from "antd";
import { memo, useCallback, useEffect, useMemo, useRef, useState, type MouseEvent, type RefObject } from "react";
import type { Line, Span, Timeline } from "@/api/types";
import { clock as asClock } from "@/components/time";
import { common } from "@/i18n/common";
import { useTexts } from "@/i18n/language";
import type { Clock } from "./clock";
import { useAt } from "./clock";
import { roleName, roleTone } from "./look";
import { characterAt, lastBefore, piecesOf, spokenOf, type Marked, type Piece } from "./spans";
import { texts } from "./texts";
import type { Player } from "./usePlayer";

const UNSURE_BELOW = 0.6;

interface Props {
  timeline: Timeline;
  player: Player;
  marks: readonly Marked[];
  follows: boolean;
  onFollows: (follows: boolean) => void;
  canCorrect: boolean;
  onEdit: (line: Line) => void;
  onSpeaker: (line: Line) => void;
  onSpan: (span: Span | null) => void;
  search: RefObject<InputRef>;
}

/** The conversation: follows the recording, plays from where one clicks, shows what was matched and what only nearly. */
export function Transcript({ timeline, player, marks, follows, onFollows, canCorrect, onEdit, onSpeaker, onSpan, search }: Props) {
  const words = useTexts(texts);
  const starts = useMemo(() => timeline.lines.map((one) => one.start), [timeline]);
  const active = useAt(player.clock, (time) => lastBefore(starts, time + 0.02));
  const list = useRef<HTMLDivElement>(null);
  const [sought, setSought] = useState("");
  const [hit, setHit] = useState(0);
  const hits = useMemo(
    () => (sought.trim() ? timeline.lines.flatMap((one, index) => (one.text.includes(sought.trim()) ? [index] : [])) : []),
    [sought, timeline],
  );
  const byLine = useMemo(() => timeline.lines.map((line) => piecesOf(line, marks)), [timeline, marks]);

  const show = useCallback((index: number) => {
    const place = list.current;
    const row = place?.children[index] as HTMLElement | undefined;
    if (!place || !row) return;
    const target = row.offsetTop - place.clientHeight / 2 + row.clientHeight / 2;
    // Gliding past hundreds of lines would lay each of them out while the picture is being sought.
    const near = Math.abs(target - place.scrollTop) < place.clientHeight;
    place.scrollTo({ top: target, behavior: near ? "smooth" : "auto" });
  }, []);
  useEffect(() => {
    if (follows && active >= 0) show(active);
  }, [active, follows, show]);

  const next = () => {
    if (hits.length === 0) return;
    const at = (hit + 1) % hits.length;
    setHit(at);
    onFollows(false);
    show(hits[at] ?? 0);
  };

  const select = () => {
    const chosen = window.getSelection();
    if (!chosen || chosen.isCollapsed || chosen.rangeCount === 0 || !list.current) return;
    const range = chosen.getRangeAt(0);
    if (!list.current.contains(range.commonAncestorContainer)) return;
    const from = timeAt(range.startContainer, range.startOffset, timeline.lines, "start");
    const to = timeAt(range.endContainer, range.endOffset, timeline.lines, "end");
    if (from !== null && to !== null && to > from) onSpan([from, to]);
  };

  return (
    <section className="transcript" aria-label={words.transcript}>
      <div className="panel-head">
        <h2>{words.transcript}</h2>
        <Input
          ref={search}
          size="small"
          allowClear
          className="transcript-search"
          prefix={<SearchOutlined />}
          placeholder={words.searchIn}
          aria-label={words.searchIn}
          value={sought}
          onChange={(event) => {
            setSought(event.target.value);
            setHit(-1);
          }}
          onPressEnter={next}
          suffix={sought && <span className="muted num">{words.hits(hits.length)}</span>}
        />
        <Tooltip title={`${words.follow} (F)`}>
          <Button
            size="small"
            type={follows ? "primary" : "default"}
            ghost={follows}
            icon={<AimOutlined />}
            aria-pressed={follows}
            aria-label={words.follow}
            onClick={() => onFollows(!follows)}
          />
        </Tooltip>
      </div>
      {timeline.lines.length === 0 ? (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.noTranscript} />
      ) : (
        <div
          ref={list}
          className="lines"
          tabIndex={0}
          role="log"
          aria-live="off"
          aria-label={words.transcript}
          onWheel={() => follows && onFollows(false)}
          onMouseUp={select}
        >
          {timeline.lines.map((line, index) => (
            <LineRow
              key={line.id}
              line={line}
              pieces={byLine[index] ?? []}
              active={index === active}
              sought={sought.trim()}
              clock={player.clock}
              seek={player.seek}
              canCorrect={canCorrect}
              onEdit={onEdit}
              onSpeaker={onSpeaker}
            />
          ))}
        </div>
      )}
    </section>
  );
}

/** The time of a place in the text, from the character that stands there. */
function timeAt(node: Node, offset: number, lines: readonly Line[], side: "start" | "end"): number | null {
  const piece = (node.nodeType === Node.TEXT_NODE ? node.parentElement : (node as HTMLElement))?.closest<HTMLElement>("[data-from]");
  const row = (node.nodeType === Node.TEXT_NODE ? node.parentElement : (node as HTMLElement))?.closest<HTMLElement>("[data-line]");
  const line = row && lines.find((one) => one.id === Number(row.dataset.line));
  if (!line) return null;
  if (!piece) return side === "start" ? line.start : line.end;
  const at = Number(piece.dataset.from) + (node.nodeType === Node.TEXT_NODE ? offset : 0);
  const spoken = spokenOf(line);
  if (side === "start") return spoken.find((one) => one.from + one.length > at)?.start ?? line.start;
  return spoken.filter((one) => one.from < at).at(-1)?.end ?? line.start;
}

interface RowProps {
  line: Line;
  pieces: readonly Piece[];
  active: boolean;
  sought: string;
  clock: Clock;
  seek: (time: number) => void;
  canCorrect: boolean;
  onEdit: (line: Line) => void;
  onSpeaker: (line: Line) => void;
}

const LineRow = memo(function LineRow({ line, pieces, active, sought, clock, seek, canCorrect, onEdit, onSpeaker }: RowProps) {
  const words = useTexts(texts);
  const shared = useTexts(common);
  const jump = (event: MouseEvent) => {
    if (window.getSelection()?.isCollapsed === false) return;
    const caret = document.caretRangeFromPoint?.(event.clientX, event.clientY);
    seek((caret && timeAt(caret.startContainer, caret.startOffset, [line], "start")) ?? line.start);
  };
  const unsure = line.confidence < UNSURE_BELOW && !line.human;
  return (
    <div className={`line ${roleTone(line.role)}${active ? " active" : ""}`} data-line={line.id} aria-current={active || undefined}>
      <div className="line-side">
        <span className="line-who">{roleName(line.role, shared)}</span>
        <button type="button" className="plain line-time num" onClick={() => seek(line.start)}>{asClock(line.start)}</button>
      </div>
      <div className="line-body" onClick={jump} title={unsure ? words.confidenceLow : undefined}>
        <p className={unsure ? "unsure" : undefined}>
          {active ? <Spoken line={line} pieces={pieces} clock={clock} /> : <Text pieces={pieces} sought={sought} />}
        </p>
        {line.human && <span className="line-human">{words.how_human}</span>}
      </div>
      {canCorrect && (
        <div className="line-tools">
          <button type="button" className="plain" tabIndex={-1} title={`${words.edit} (E)`} aria-label={words.edit} onClick={() => onEdit(line)}>
            <EditOutlined />
          </button>
          <button type="button" className="plain" tabIndex={-1} title={`${words.changeSpeaker} (S)`} aria-label={words.changeSpeaker} onClick={() => onSpeaker(line)}>
            <UserSwitchOutlined />
          </button>
        </div>
      )}
    </div>
  );
});

function classOf(piece: Piece): string | undefined {
  return piece.mark ? `m-${piece.mark}` : undefined;
}

function Text({ pieces, sought }: { pieces: readonly Piece[]; sought: string }) {
  return (
    <>
      {pieces.map((one) => (
        <span key={one.from} data-from={one.from} className={classOf(one)} title={one.title || undefined}>
          {sought && one.text.includes(sought)
            ? one.text.split(sought).flatMap((part, index) => (index ? [<mark key={index}>{sought}</mark>, part] : [part]))
            : one.text}
        </span>
      ))}
    </>
  );
}

/** The line that is being heard, with the character that is. */
function Spoken({ line, pieces, clock }: { line: Line; pieces: readonly Piece[]; clock: Clock }) {
  const spoken = useMemo(() => spokenOf(line), [line]);
  const at = useAt(clock, (time) => characterAt(spoken, time));
  const now = spoken[at];
  const from = now?.from ?? -1;
  const to = now ? now.from + now.length : -1;
  return (
    <>
      {pieces.flatMap((one) => {
        const end = one.from + one.text.length;
        const cuts = [...new Set([one.from, Math.min(Math.max(from, one.from), end), Math.min(Math.max(to, one.from), end), end])].sort((a, b) => a - b);
        return cuts.slice(0, -1).map((start, index) => {
          const stop = cuts[index + 1] ?? end;
          const said = start >= from && start < to;
          return (
            <span key={start} data-from={start} className={[classOf(one), said ? "said" : stop <= from ? "was-said" : ""].filter(Boolean).join(" ") || undefined} title={one.title || undefined}>
              {one.text.slice(start - one.from, stop - one.from)}
            </span>
          );
        });
      })}
    </>
  );
}
