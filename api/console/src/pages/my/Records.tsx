import { DownloadOutlined } from "@ant-design/icons";
import { App, Button, Empty, Segmented, Skeleton } from "antd";
import dayjs from "dayjs";
import { useEffect, useRef, useState } from "react";
import { asProblem, type Problem } from "@/api/problem";
import { ProblemView } from "@/components/ProblemView";
import { clock } from "@/components/time";
import { common } from "@/i18n/common";
import { useLanguage, useTexts } from "@/i18n/language";
import { texts } from "./texts";
import type { Asking } from "./visit";

interface Row {
  id: string;
  created_at: string;
  recorded_at: string | null;
  policy_no: string | null;
  product: string | null;
  insurer: string | null;
  scenario: string | null;
  duration: number | null;
  parts: number;
  playable: boolean;
}

interface Detail extends Row {
  transcript: { start: number; end: number; role: string; text: string }[];
  files: { index: number; kind: string; file_name: string; media: string }[];
}

/** A customer's own records: play, read, take away. */
export function Records({ asking }: { asking: Asking }) {
  const words = useTexts(texts);
  const [rows, setRows] = useState<Row[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const load = async (cursor: string | null) => {
    try {
      const page = await asking.get<{ items: Row[]; next: string | null }>("/v1/my/records", { cursor });
      setRows((before) => [...(cursor ? (before ?? []) : []), ...page.items]);
      setNext(page.next);
      setChosen((before) => before ?? page.items[0]?.id ?? null);
      setProblem(null);
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  useEffect(() => void load(null), [asking]);
  if (problem && !rows) return <ProblemView problem={problem} retry={() => void load(null)} />;
  if (!rows) return <Skeleton active paragraph={{ rows: 6 }} />;
  if (!rows.length) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.empty} />;
  return (
    <div className="my-two">
      <nav className="my-list" aria-label={words.records}>
        {rows.map((one) => (
          <button key={one.id} type="button" className={`plain my-row${one.id === chosen ? " here" : ""}`} aria-current={one.id === chosen} onClick={() => setChosen(one.id)}>
            <b>{one.product ?? (one.policy_no ? words.policy(one.policy_no) : words.noPolicy)}</b>
            <span className="small">{one.insurer}</span>
            <span className="small num">{one.policy_no}</span>
            <span className="muted small num">{dayjs(one.recorded_at ?? one.created_at).format("YYYY-MM-DD HH:mm")}{one.duration !== null && ` · ${clock(one.duration)}`}</span>
          </button>
        ))}
        {next && <Button type="text" block onClick={() => void load(next)}>{words.more}</Button>}
      </nav>
      {chosen && <Record key={chosen} id={chosen} asking={asking} />}
    </div>
  );
}

function Record({ id, asking }: { id: string; asking: Asking }) {
  const words = useTexts(texts);
  const names = useTexts(common);
  const { language } = useLanguage();
  const { message } = App.useApp();
  const [detail, setDetail] = useState<Detail | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [part, setPart] = useState(0);
  const [round, setRound] = useState(0);
  const [source, setSource] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [at, setAt] = useState(-1);
  const player = useRef<HTMLVideoElement>(null);
  const media = detail?.files.filter((one) => one.kind === "media") ?? [];
  const file = media[part];

  useEffect(() => {
    let gone = false;
    asking.get<Detail>(`/v1/my/records/${id}`).then(
      (found) => !gone && setDetail(found),
      (error: unknown) => !gone && setProblem(asProblem(error)),
    );
    return () => {
      gone = true;
    };
  }, [id, asking, round]);
  useEffect(() => {
    if (!file) return undefined;
    let gone = false;
    asking.post<{ url: string }>(`${file.media}/link`).then(
      (link) => !gone && setSource(link.url),
      (error: unknown) => !gone && setProblem(asProblem(error)),
    );
    return () => {
      gone = true;
    };
  }, [file?.media, asking]);

  const again = async () => {
    // The address of the recording lasts some minutes: who pauses for longer gets another one at the same place.
    if (!file || !player.current || player.current.error?.code !== MediaError.MEDIA_ERR_NETWORK) return;
    const place = player.current.currentTime;
    const link = await asking.post<{ url: string }>(`${file.media}/link`).catch(() => null);
    if (!link) return;
    setSource(link.url);
    player.current.addEventListener("loadedmetadata", () => player.current && (player.current.currentTime = place), { once: true });
  };
  const take = async () => {
    setBusy(true);
    try {
      const link = await asking.post<{ url: string }>(`/v1/my/records/${id}/link`);
      const anchor = document.createElement("a");
      anchor.href = link.url;
      anchor.download = "";
      anchor.click();
    } catch (error) {
      message.error(asProblem(error).text(language));
    } finally {
      setBusy(false);
    }
  };
  if (problem && !detail) return <ProblemView problem={problem} retry={() => { setProblem(null); setRound(round + 1); }} />;
  if (!detail) return <Skeleton active paragraph={{ rows: 8 }} />;
  const speaker = (role: string) => (role in names ? (names[role as keyof typeof names] as string) : names.roleUnknown);
  return (
    <article className="my-record">
      <div className="my-record-head">
        <div>
          <h2>{detail.product ?? words.noPolicy}</h2>
          <div className="muted small">
            {[detail.insurer, detail.policy_no && words.policy(detail.policy_no), dayjs(detail.recorded_at ?? detail.created_at).format("YYYY-MM-DD HH:mm")].filter(Boolean).join(" · ")}
          </div>
        </div>
        <Button type="primary" icon={<DownloadOutlined />} loading={busy} title={words.downloadHint} onClick={() => void take()}>{words.download}</Button>
      </div>
      {media.length > 1 && <Segmented value={part} onChange={setPart} options={media.map((_, number) => ({ value: number, label: words.part(String(number + 1)) }))} style={{ marginBottom: 8 }} />}
      {file ? (
        <video
          ref={player}
          className="my-player"
          controls
          preload="metadata"
          src={source ?? undefined}
          aria-label={`${words.play} ${file.file_name}`}
          onError={() => void again()}
          onTimeUpdate={(event) => setAt(event.currentTarget.currentTime)}
        />
      ) : (
        <p className="muted">{words.chat}</p>
      )}
      <h3>{words.transcript}</h3>
      {detail.transcript.length === 0 && <p className="muted">{words.noTranscript}</p>}
      <ol className="my-lines">
        {detail.transcript.map((one, number) => {
          const here = media.length === 1 && at >= one.start && at < one.end;
          return (
            <li key={number} className={here ? "here" : ""}>
              {media.length === 1 ? (
                <button type="button" className="plain num small my-time" aria-label={words.jump(clock(one.start))} onClick={() => { if (player.current) { player.current.currentTime = one.start; void player.current.play(); } }}>{clock(one.start)}</button>
              ) : (
                <span className="num small my-time">{clock(one.start)}</span>
              )}
              <span className={`my-who my-${one.role}`}>{speaker(one.role)}</span>
              <span>{one.text}</span>
            </li>
          );
        })}
      </ol>
    </article>
  );
}
