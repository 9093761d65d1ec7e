import { App, type InputRef } from "antd";
import { useCallback, useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router-dom";
import { asProblem } from "@/api/problem";
import type { ReviewOut, Sound, Span } from "@/api/types";
import { useLanguage, useTexts } from "@/i18n/language";
import { Changed, Done } from "./Changed";
import { DeskHead, DeskNotices } from "./DeskHead";
import { ChangeSpeaker, EditText, KeyHelp, MarkMissed } from "./dialogs";
import { lacking, suggested } from "./draft";
import { Findings } from "./Findings";
import type { Action } from "./keys";
import type { Case } from "./look";
import { OrderPanel } from "./OrderPanel";
import { Screen, Transport } from "./Player";
import { lastBefore } from "./spans";
import { SubmitPanel } from "./SubmitPanel";
import { texts } from "./texts";
import { TimelineView } from "./TimelineView";
import { Transcript } from "./Transcript";
import { useCases } from "./useCases";
import { useCorrecting } from "./useCorrecting";
import { useKeys } from "./useKeys";
import { usePlayer } from "./usePlayer";
import { useReview } from "./useReview";
import { useRulings } from "./useRulings";
import type { SessionData } from "./useSessionData";
import { useSubmitting } from "./useSubmitting";

interface Props {
  data: SessionData;
  sound: Sound | null;
  soundFailed: boolean;
  put: (found: ReviewOut) => void;
  reload: () => Promise<void>;
  item: string | null;
  time: string | null;
}

const SPAN_S = 4;

/** A reviewer's desk: the recording, the conversation, the findings, and what is decided of them. */
export function Desk({ data, sound, soundFailed, put, reload, item, time }: Props) {
  const { found, session, inspection, timeline, options } = data;
  const words = useTexts(texts);
  const { language } = useLanguage();
  const { message } = App.useApp();
  const go = useNavigate();
  const player = usePlayer(session.id, timeline.parts, timeline.duration || session.duration || 0, timeline.speech);
  const work = useReview(found, put, reload);
  const { draft } = work;
  const canDecide = found.may.includes("decide") || found.may.includes("final");
  const isFinal = found.may.includes("final") && !found.may.includes("decide");
  const canCorrect = found.may.includes("correct") && timeline.voices.length > 0;
  const needsAppeal = isFinal && found.appeals.some((one) => one.state === "open");
  const blind = found.review.reason === "sample" && !inspection;

  const { cases, notes, passed, marks } = useCases(found, inspection);

  const [selected, setSelected] = useState<string | null>(() => cases.find((one) => one.shown.item === item)?.key ?? cases[0]?.key ?? null);
  const [span, setSpan] = useState<Span | null>(null);
  const [marking, setMarking] = useState<Span | null>(null);
  const [help, setHelp] = useState(false);
  const [follows, setFollows] = useState(true);
  const search = useRef<InputRef>(null);
  const noteField = useRef<InputRef>(null);

  useEffect(() => {
    const at = Number(time);
    const asked = cases.find((one) => one.shown.item === item);
    if (time && Number.isFinite(at)) player.seek(at);
    else if (asked?.start != null) player.seek(asked.start);
    // Only where the page is opened: later it is the person who moves.
  }, []);

  const tell = useCallback((error: unknown) => void message.error(asProblem(error).text(language), 6), [message, language]);
  const chosen = [...cases, ...notes, ...passed].find((one) => one.key === selected) ?? null;
  const { picking, setPicking, rule, call, pick } = useRulings(work, options, cases, selected, canDecide, noteField);
  const { editing, speaking, edit, speak, lay, swap } = useCorrecting(work, timeline.voices, canCorrect);

  const open = useCallback(
    (one: Case, play: boolean) => {
      setSelected(one.key);
      setPicking(null);
      if (one.start === null) return;
      setFollows(true);
      if (play) player.playSpan(one.start, one.end ?? one.start + SPAN_S);
      else player.seek(one.start);
    },
    [player, setPicking],
  );
  const walk = useCallback(
    (by: 1 | -1) => {
      const at = cases.findIndex((one) => one.key === selected);
      const next = cases[at < 0 ? 0 : Math.min(cases.length - 1, Math.max(0, at + by))];
      if (next) open(next, false);
    },
    [cases, selected, open],
  );

  const travel = useCallback(
    async (way: () => Promise<string | null>, say: (what: string) => string) => {
      try {
        const what = await way();
        void message.info(what ? say(what) : words.nothingToUndo, 2);
      } catch (error) {
        tell(error);
      }
    },
    [message, words, tell],
  );
  const claim = useCallback(() => {
    if (found.may.includes("claim")) work.claim().then(() => message.success(words.claimed, 1.5), tell);
  }, [found, work, message, words, tell]);
  const release = useCallback(() => {
    work.release().then(() => {
      void message.success(words.released, 2);
      go("/queue");
    }, tell);
  }, [work, message, words, go, tell]);

  const notWith = options.outcomes.find((one) => one.id === draft.outcome)?.not_with_confirmed ?? [];
  const lacks = canDecide ? lacking(draft, blind ? [] : found.findings, options.reasons, options.needs_reason, notWith, needsAppeal) : [];
  const suggestion = canDecide && !blind ? suggested(draft, found.findings) : null;

  const { submit, busy, done, changed, close } = useSubmitting({
    found,
    work,
    lacks,
    canDecide,
    isFinal,
    needsAppeal,
    onLack: (lack) => "key" in lack && setSelected(lack.key),
    onDecided: (after) => {
      player.pause();
      put(after);
    },
  });

  const lineNow = useCallback(() => {
    const at = lastBefore(timeline.lines.map((one) => one.start), player.clock.time + 0.02);
    return timeline.lines[Math.max(0, at)] ?? null;
  }, [timeline, player]);
  const acts: Partial<Record<Action, () => void>> = {
    play: player.toggle,
    back: () => player.seek(player.clock.time - 3),
    forward: () => player.seek(player.clock.time + 3),
    backMore: () => player.seek(player.clock.time - 15),
    forwardMore: () => player.seek(player.clock.time + 15),
    slower: () => player.nudgeRate(-1),
    faster: () => player.nudgeRate(1),
    skipSilence: () => player.setSkips(!player.skips),
    follow: () => setFollows((before) => !before),
    nextFinding: () => walk(1),
    previousFinding: () => walk(-1),
    playFinding: () => chosen && open(chosen, true),
    confirm: () => call("confirm"),
    overturn: () => call("overturn"),
    cannotTell: () => call("cannot_tell"),
    note: () => noteField.current?.focus(),
    undo: () => void travel(work.undo, words.undid),
    redo: () => void travel(work.redo, words.redid),
    editText: () => canCorrect && edit(lineNow()),
    changeSpeaker: () => canCorrect && speak(lineNow()),
    swapRoles: swap,
    spanStart: () => setSpan([player.clock.time, Math.max(player.clock.time + 0.5, span?.[1] ?? player.clock.time + SPAN_S)]),
    spanEnd: () => setSpan([Math.min(span?.[0] ?? player.clock.time - SPAN_S, player.clock.time - 0.5), player.clock.time]),
    markMissed: () => markMissed(),
    outcome: () => document.querySelector<HTMLElement>(".outcomes [data-outcome]")?.focus(),
    submit,
    claim,
    search: () => search.current?.focus(),
    help: () => setHelp(true),
    close: () => {
      setPicking(null);
      setSpan(null);
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    },
  };
  const markMissed = () => {
    if (!canDecide) {
      void message.info(words.claimHint);
      return;
    }
    const at = player.clock.time;
    setMarking(span ?? [Math.max(0, at - SPAN_S), Math.max(at, 0.5)]);
  };
  useKeys(acts, picking ? pick : null);

  const frameOf = useCallback(
    (path: string) => `/v1/sessions/${session.id}/files/${path}?version=${found.inspection_version}`,
    [session.id, found.inspection_version],
  );

  return (
    <div className="desk">
      <DeskHead
        found={found}
        session={session}
        work={work}
        onClaim={claim}
        onRelease={release}
        onUndo={() => void travel(work.undo, words.undid)}
        onRedo={() => void travel(work.redo, words.redid)}
        onHelp={() => setHelp(true)}
      />
      <DeskNotices found={found} work={work} blind={blind} onClaim={claim} />
      <div className="desk-body">
        <div className="desk-left">
          <Screen player={player} hasPicture={timeline.parts.some((one) => one.video)} />
          <Transport player={player} onPrevious={() => walk(-1)} onNext={() => walk(1)} />
          <OrderPanel session={session} inspection={inspection} timeline={timeline} history={found.history} />
        </div>
        <Transcript
          timeline={timeline}
          player={player}
          marks={marks}
          follows={follows}
          onFollows={setFollows}
          canCorrect={canCorrect}
          onEdit={edit}
          onSpeaker={speak}
          onSpan={setSpan}
          search={search}
        />
        <div className="desk-right">
          <Findings
            cases={cases}
            notes={notes}
            passed={passed}
            blind={blind}
            selected={selected}
            onSelect={(key) => {
              setSelected(key);
              setPicking(null);
            }}
            draft={draft}
            decided={found.decisions}
            canDecide={canDecide}
            reasons={options.reasons}
            needsReason={options.needs_reason}
            picking={picking}
            noteField={noteField}
            onPick={setPicking}
            onRule={rule}
            onPlay={(one) => open(one, true)}
            onSeek={player.seek}
            frameOf={frameOf}
          />
          {found.review.id && (
            <SubmitPanel
              found={found}
              draft={draft}
              rules={timeline.rules}
              outcomes={options.outcomes}
              suggestion={suggestion}
              lacks={lacks}
              canDecide={canDecide}
              isFinal={isFinal}
              needsAppeal={needsAppeal}
              busy={busy}
              onOutcome={(outcome) => work.change({ ...draft, outcome }, words.labelOutcome)}
              onNote={(note) => work.change({ ...draft, note }, words.labelNote, true)}
              onAppeal={(appeal) => work.change({ ...draft, appeal }, words.labelAppeal)}
              onRemoveMissed={(index) => work.change({ ...draft, missed: draft.missed.filter((_, at) => at !== index) }, words.labelMissed)}
              onMarkMissed={markMissed}
              onSeek={player.seek}
              onSubmit={submit}
            />
          )}
        </div>
      </div>
      <TimelineView
        timeline={timeline}
        sound={sound}
        soundFailed={soundFailed}
        player={player}
        cases={cases}
        selected={selected}
        onSelect={setSelected}
        missed={canDecide ? draft.missed : found.missed.map((one) => ({ ...one, note: one.note ?? "" }))}
        span={span}
        onSpan={setSpan}
      />
      <EditText line={editing} busy={work.busy} onClose={() => edit(null)} onSave={(text) => editing && void lay({ kind: "words", utterance: editing.id, text })} />
      <ChangeSpeaker
        line={speaking}
        voices={timeline.voices}
        busy={work.busy}
        onClose={() => speak(null)}
        onSpeaker={(speaker) => speaking && void lay({ kind: "speaker", utterance: speaking.id, speaker })}
        onRole={(speaker, role) => void lay({ kind: "role", speaker, role })}
      />
      <MarkMissed
        span={marking}
        rules={timeline.rules}
        onClose={() => setMarking(null)}
        onMark={(missed) => {
          work.change({ ...draft, missed: [...draft.missed, missed] }, words.labelMissed);
          setMarking(null);
          setSpan(null);
        }}
      />
      <KeyHelp open={help} onClose={() => setHelp(false)} />
      <Changed problem={changed} onClose={close} onReload={() => void reload().then(close)} />
      <Done open={done} found={found} onClose={close} />
    </div>
  );
}
