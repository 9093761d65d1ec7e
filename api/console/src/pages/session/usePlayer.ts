import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Place, Span } from "@/api/types";
import { Clock } from "./clock";
import { beyondSilence } from "./spans";

export const RATES = [0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3] as const;
const SHORTEST_SILENCE_S = 1.5;
const LEAD_S = 0.25;
const KEPT_RATE = "mingjian.rate";

export interface Player {
  clock: Clock;
  duration: number;
  playing: boolean;
  rate: number;
  skips: boolean;
  failed: boolean;
  /** Whether there is anything to be played. */
  plays: boolean;
  part: Place | null;
  src: string | undefined;
  attach: (element: HTMLVideoElement | null) => void;
  play: () => void;
  pause: () => void;
  toggle: () => void;
  seek: (time: number) => void;
  /** Plays from `start` and stops at `end`. */
  playSpan: (start: number, end: number) => void;
  setRate: (rate: number) => void;
  nudgeRate: (by: 1 | -1) => void;
  setSkips: (skips: boolean) => void;
}

function keptRate(): number {
  const kept = Number(window.sessionStorage.getItem(KEPT_RATE));
  return RATES.some((one) => one === kept) ? kept : 1;
}

/** Plays the parts of a session as one recording on the session's clock. */
export function usePlayer(sessionId: string, places: readonly Place[], duration: number, speech: readonly Span[]): Player {
  const clock = useMemo(() => new Clock(), [sessionId]);
  const video = useRef<HTMLVideoElement | null>(null);
  const media = useMemo(() => places.filter((one) => one.kind === "media"), [places]);
  const [index, setIndex] = useState(0);
  const [playing, setPlaying] = useState(false);
  const [failed, setFailed] = useState(false);
  const [rate, chooseRate] = useState<number>(keptRate);
  const [skips, setSkips] = useState(false);
  const wish = useRef<{ time: number; play: boolean } | null>(null);
  const until = useRef<number | null>(null);
  const part = media[index] ?? null;
  const src = part ? `/v1/sessions/${sessionId}/media/${part.index}` : undefined;
  const state = useRef({ media, part, speech, skips, rate });
  state.current = { media, part, speech, skips, rate };

  const settle = useCallback(() => {
    const element = video.current;
    const { part: current, rate: chosen } = state.current;
    if (!element || !current) return;
    element.playbackRate = chosen;
    const wanted = wish.current;
    if (wanted) {
      wish.current = null;
      element.currentTime = Math.max(0, wanted.time - current.offset);
      if (wanted.play) void element.play().catch(() => setPlaying(false));
    }
  }, []);

  const goTo = useCallback(
    (time: number, play?: boolean) => {
      const element = video.current;
      const { media: all, part: current } = state.current;
      const wanted = Math.min(Math.max(0, time), Math.max(0, duration - 0.05));
      clock.set(wanted);
      if (!element || !current) return;
      const goOn = play ?? !element.paused;
      const place = all.findIndex((one) => wanted < one.offset + one.duration);
      const at = place < 0 ? all.length - 1 : place;
      if (all[at] !== current || element.readyState < 1) {
        wish.current = { time: wanted, play: goOn };
        setIndex(at);
        return;
      }
      element.currentTime = Math.max(0, wanted - current.offset);
      if (goOn) void element.play().catch(() => setPlaying(false));
    },
    [clock, duration],
  );

  const attach = useCallback(
    (element: HTMLVideoElement | null) => {
      video.current = element;
      if (!element) return;
      element.preservesPitch = true;
      element.onloadedmetadata = () => {
        setFailed(false);
        settle();
      };
      element.onplay = () => setPlaying(true);
      element.onpause = () => setPlaying(false);
      element.onerror = () => setFailed(true);
      element.onseeked = () => {
        const current = state.current.part;
        if (current && !wish.current) clock.set(current.offset + element.currentTime);
      };
      element.onended = () => {
        const { media: all, part: current } = state.current;
        const next = current ? all[all.indexOf(current) + 1] : undefined;
        if (next) goTo(next.offset, true);
        else setPlaying(false);
      };
    },
    [clock, goTo, settle],
  );

  useEffect(() => {
    if (!playing) return undefined;
    let frame = 0;
    const follow = () => {
      const element = video.current;
      const { part: current, speech: spoken, skips: skipping } = state.current;
      if (element && current && !wish.current && !element.seeking) {
        const now = current.offset + element.currentTime;
        clock.set(now);
        if (until.current !== null && now >= until.current) {
          until.current = null;
          element.pause();
        } else if (skipping && until.current === null) {
          const target = beyondSilence(spoken, now, SHORTEST_SILENCE_S, LEAD_S);
          if (target > now) goTo(target, true);
        }
      }
      frame = requestAnimationFrame(follow);
    };
    frame = requestAnimationFrame(follow);
    return () => cancelAnimationFrame(frame);
  }, [playing, clock, goTo]);

  const setRate = useCallback((chosen: number) => {
    chooseRate(chosen);
    window.sessionStorage.setItem(KEPT_RATE, String(chosen));
    if (video.current) video.current.playbackRate = chosen;
  }, []);
  const play = useCallback(() => {
    until.current = null;
    const element = video.current;
    if (!element) return;
    if (element.ended || clock.time >= duration - 0.2) goTo(0, true);
    else void element.play().catch(() => setPlaying(false));
  }, [clock, duration, goTo]);
  const pause = useCallback(() => video.current?.pause(), []);
  const toggle = useCallback(() => (video.current?.paused ?? true ? play() : pause()), [play, pause]);
  const seek = useCallback(
    (time: number) => {
      until.current = null;
      goTo(time);
    },
    [goTo],
  );
  const playSpan = useCallback(
    (start: number, end: number) => {
      until.current = end;
      goTo(start, true);
    },
    [goTo],
  );
  const nudgeRate = useCallback(
    (by: 1 | -1) => {
      const at = RATES.findIndex((one) => one === state.current.rate);
      setRate(RATES[Math.min(RATES.length - 1, Math.max(0, at + by))] ?? 1);
    },
    [setRate],
  );
  return {
    clock, duration, playing, rate, skips, failed, plays: media.length > 0, part, src,
    attach, play, pause, toggle, seek, playSpan, setRate, nudgeRate, setSkips,
  };
}
