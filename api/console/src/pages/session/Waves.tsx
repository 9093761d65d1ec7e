import { memo, useEffect, useMemo, useRef } from "react";
import WaveSurfer from "wavesurfer.js";
import type { Sound } from "@/api/types";
import { ROLE_COLOUR } from "./look";
import { levels } from "./peaks";

export const WAVE_PX = 34;

interface Props {
  sound: Sound;
  duration: number;
  width: number;
}

/** The sound of each party as the server measured it: nothing is decoded here, however long the recording is. */
export const Waves = memo(function Waves({ sound, duration, width }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const peaks = useMemo(() => sound.parties.map((one) => levels(one.peaks)), [sound]);
  useEffect(() => {
    if (!place.current || peaks.length === 0) return undefined;
    const drawn = WaveSurfer.create({
      container: place.current,
      peaks,
      duration,
      interact: false,
      hideScrollbar: true,
      fillParent: true,
      cursorWidth: 0,
      height: WAVE_PX,
      splitChannels: sound.parties.map((one) => ({
        waveColor: ROLE_COLOUR[one.role],
        progressColor: ROLE_COLOUR[one.role],
        height: WAVE_PX,
      })),
    });
    return () => drawn.destroy();
  }, [peaks, duration, width, sound]);
  return <div ref={place} className="waves" style={{ width, height: WAVE_PX * sound.parties.length }} />;
});
