import { MinusOutlined, PlusOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type PointerEvent } from "react";
import type { Sound, Span, Timeline } from "@/api/types";
import { clock as asClock } from "@/components/time";
import { common } from "@/i18n/common";
import { useTexts } from "@/i18n/language";
import type { Missed } from "./draft";
import { COLOUR, presence, ROLE_COLOUR, roleName, spansOf, type Case } from "./look";
import { texts } from "./texts";
import type { Player } from "./usePlayer";
import { Waves } from "./Waves";

const WIDEST_PX = 24_000;
const MOST_ZOOM_PX_S = 160;
const STEPS_S = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600];
const TICK_PX = 72;
const DRAG_PX = 4;

interface Props {
  timeline: Timeline;
  sound: Sound | null | undefined;
  soundFailed: boolean;
  player: Player;
  cases: readonly Case[];
  selected: string | null;
  onSelect: (key: string) => void;
  missed: readonly Missed[];
  span: Span | null;
  onSpan: (span: Span | null) => void;
}

/** Findings, presence and the sound of each party over one time, with one line where the recording is. */
export function TimelineView({ timeline, sound, soundFailed, player, cases, selected, onSelect, missed, span, onSpan }: Props) {
  const words = useTexts(texts);
  const shared = useTexts(common);
  const scroll = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState(0);
  const [zoom, setZoom] = useState(1);
  const duration = Math.max(timeline.duration, 0.1);
  const most = Math.max(1, Math.min(WIDEST_PX / Math.max(room, 1), (MOST_ZOOM_PX_S * duration) / Math.max(room, 1)));
  const width = room * Math.min(zoom, most);
  const perSecond = width / duration;

  useLayoutEffect(() => {
    const place = scroll.current;
    if (!place) return undefined;
    const watch = new ResizeObserver(() => setRoom(place.clientWidth));
    watch.observe(place);
    setRoom(place.clientWidth);
    return () => watch.disconnect();
  }, []);

  useEffect(
    () =>
      player.clock.follow((time) => {
        const place = scroll.current;
        if (!head.current || !place) return;
        const at = time * perSecond;
        head.current.style.transform = `translateX(${at}px)`;
        if (width > room && (at < place.scrollLeft || at > place.scrollLeft + room * 0.92)) place.scrollLeft = at - room * 0.15;
      }),
    [player.clock, perSecond, width, room],
  );

  const timeOf = useCallback(
    (event: PointerEvent) => {
      const box = inner.current?.getBoundingClientRect();
      return box ? Math.min(duration, Math.max(0, (event.clientX - box.left) / perSecond)) : 0;
    },
    [duration, perSecond],
  );
  const drag = useRef<{ x: number; time: number; span: boolean } | null>(null);
  const down = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0 || (event.target as HTMLElement).closest("button")) return;
    const time = timeOf(event);
    drag.current = { x: event.clientX, time, span: event.shiftKey };
    event.currentTarget.setPointerCapture(event.pointerId);
    if (!event.shiftKey) {
      onSpan(null);
      player.seek(time);
    }
  };
  const move = (event: PointerEvent<HTMLDivElement>) => {
    const begun = drag.current;
    if (!begun || Math.abs(event.clientX - begun.x) < DRAG_PX) return;
    const time = timeOf(event);
    if (begun.span) onSpan(time < begun.time ? [time, begun.time] : [begun.time, time]);
    else player.seek(time);
  };
  const up = () => {
    drag.current = null;
  };

  const seen = useMemo(() => presence(timeline.people), [timeline.people]);
  const tick = STEPS_S.find((one) => one * perSecond >= TICK_PX) ?? 1200;
  const ticks = Array.from({ length: Math.floor(duration / tick) + 1 }, (_, i) => i * tick);
  const place = (start: number, end: number, least = 3) => ({
    left: start * perSecond,
    width: Math.max(least, (end - start) * perSecond),
  });

  return (
    <section className="timeline" aria-label={words.timeline}>
      <div className="timeline-names">
        <div className="timeline-zoom">
          <Button size="small" type="text" icon={<MinusOutlined />} aria-label={words.zoomOut} disabled={zoom <= 1} onClick={() => setZoom(Math.max(1, zoom / 2))} />
          <Button size="small" type="text" icon={<PlusOutlined />} aria-label={words.zoomIn} disabled={zoom >= most} onClick={() => setZoom(Math.min(most, zoom * 2))} />
        </div>
        <div className="lane-name found">{words.findingsLane}</div>
        {seen.map(({ role }) => (
          <div key={role} className="lane-name presence">{roleName(role, shared)}{words.inFrame}</div>
        ))}
        {sound?.parties.map((one) => (
          <div key={one.role} className="lane-name wave" style={{ color: ROLE_COLOUR[one.role] }}>{roleName(one.role, shared)}</div>
        ))}
      </div>
      <div className="timeline-scroll" ref={scroll}>
        <div
          ref={inner}
          className="timeline-inner"
          style={{ width: width || "100%" }}
          onPointerDown={down}
          onPointerMove={move}
          onPointerUp={up}
          onPointerCancel={up}
        >
          <div className="lane ruler">
            {ticks.map((one) => (
              <span key={one} className="tick num" style={{ left: one * perSecond }}>{asClock(one, tick < 1)}</span>
            ))}
          </div>
          <div className="lane found">
            {cases.flatMap((one) =>
              (one.item ? spansOf(one.item) : []).map(([start, end], index) => (
                <button
                  key={`${one.key}-${index}`}
                  type="button"
                  tabIndex={-1}
                  className={`bar${one.key === selected ? " selected" : ""}`}
                  style={{ ...place(start, end, 7), background: COLOUR[one.shown.severity] }}
                  title={`${shared[one.shown.severity]} · ${one.shown.title} · ${asClock(start)}`}
                  aria-label={`${one.shown.title} ${asClock(start)}`}
                  onClick={() => {
                    onSelect(one.key);
                    player.seek(Math.max(0, start - 1));
                  }}
                />
              )),
            )}
            {missed.map((one, index) => (
              <span key={index} className="bar missed" style={{ ...place(one.start, one.end, 7), borderColor: COLOUR.missed }} title={words.missed} />
            ))}
          </div>
          {seen.map(({ role, spans }) => (
            <div key={role} className="lane presence">
              {(timeline.judged ?? []).map(([start, end], index) => (
                <span key={`j${index}`} className="bar judged" style={place(start, end, 1)} />
              ))}
              {spans.map(([start, end], index) => (
                <span
                  key={index}
                  className="bar"
                  style={{ ...place(start, end, 1), background: ROLE_COLOUR[role] }}
                  title={`${roleName(role, shared)}${words.inFrame} ${asClock(start)}–${asClock(end)}`}
                />
              ))}
            </div>
          ))}
          {sound && sound.parties.length > 0 && width > 0 ? (
            <Waves sound={sound} duration={duration} width={Math.round(width)} />
          ) : (
            player.plays && <div className="lane wave-none muted">{soundFailed ? words.waveFailed : sound ? "" : words.noWave}</div>
          )}
          {span && <div className="timeline-span" style={place(span[0], span[1], 2)} />}
          <div ref={head} className="playhead" />
        </div>
      </div>
    </section>
  );
}
