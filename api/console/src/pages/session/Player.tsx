import {
  CaretRightFilled, FastForwardOutlined, PauseOutlined, StepBackwardOutlined, StepForwardOutlined, UndoOutlined, RedoOutlined,
} from "@ant-design/icons";
import { Button, Select, Tooltip } from "antd";
import { clock as asClock } from "@/components/time";
import { useTexts } from "@/i18n/language";
import { useAt } from "./clock";
import { texts } from "./texts";
import { RATES, type Player } from "./usePlayer";

/** The picture; sound only and text records say so. */
export function Screen({ player, hasPicture }: { player: Player; hasPicture: boolean }) {
  const words = useTexts(texts);
  return (
    <div className="screen">
      {player.plays && (
        // Playing and seeking are the keys' and the time line's; the words stand beside as the conversation.
        <video
          ref={player.attach}
          src={player.src}
          preload="auto"
          playsInline
          tabIndex={-1}
          aria-label={words.record}
          onClick={player.toggle}
          style={{ visibility: hasPicture ? "visible" : "hidden" }}
        />
      )}
      {!hasPicture && <div className="screen-plate">{player.plays ? words.noPicture : words.noMedia}</div>}
      {player.failed && <div className="screen-plate" role="alert">{words.mediaFailed}</div>}
    </div>
  );
}

function Time({ player }: { player: Player }) {
  const at = useAt(player.clock, (time) => asClock(time, true));
  return <span className="num transport-time"><b>{at}</b> / {asClock(player.duration)}</span>;
}

interface Props {
  player: Player;
  onPrevious: () => void;
  onNext: () => void;
}

/** Playing, speed, silence, from finding to finding. */
export function Transport({ player, onPrevious, onNext }: Props) {
  const words = useTexts(texts);
  return (
    <div className="transport" role="toolbar" aria-label={words.group_play}>
      <Tooltip title={`${words.previous} (K)`}>
        <Button type="text" size="small" icon={<StepBackwardOutlined />} aria-label={words.previous} onClick={onPrevious} />
      </Tooltip>
      <Tooltip title={`${words.key_back} (←)`}>
        <Button type="text" size="small" icon={<UndoOutlined />} aria-label={words.key_back} onClick={() => player.seek(player.clock.time - 3)} />
      </Tooltip>
      <Button
        type="primary"
        shape="circle"
        className="transport-play"
        icon={player.playing ? <PauseOutlined /> : <CaretRightFilled />}
        aria-label={player.playing ? words.pause : words.play}
        disabled={!player.plays}
        onClick={player.toggle}
      />
      <Tooltip title={`${words.key_forward} (→)`}>
        <Button type="text" size="small" icon={<RedoOutlined />} aria-label={words.key_forward} onClick={() => player.seek(player.clock.time + 3)} />
      </Tooltip>
      <Tooltip title={`${words.next} (J)`}>
        <Button type="text" size="small" icon={<StepForwardOutlined />} aria-label={words.next} onClick={onNext} />
      </Tooltip>
      <Time player={player} />
      <span className="transport-gap" />
      <Tooltip title={`${words.silenceSkipped} (G)`}>
        <Button
          size="small"
          type={player.skips ? "primary" : "default"}
          ghost={player.skips}
          aria-pressed={player.skips}
          aria-label={words.silenceSkipped}
          icon={<FastForwardOutlined />}
          onClick={() => player.setSkips(!player.skips)}
        />
      </Tooltip>
      <Select
        size="small"
        className="num"
        style={{ width: 76 }}
        aria-label={words.rate}
        value={player.rate}
        onChange={player.setRate}
        options={RATES.map((one) => ({ value: one, label: `${one}×` }))}
      />
    </div>
  );
}
