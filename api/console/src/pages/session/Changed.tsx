import { Button, Modal, Result } from "antd";
import dayjs from "dayjs";
import { useEffect, useState } from "react";
import { useNavigate } from "react-router-dom";
import { api } from "@/api/client";
import type { Problem } from "@/api/problem";
import type { Queued, QueuePage, ReviewOut } from "@/api/types";
import { common } from "@/i18n/common";
import { useLanguage, useTexts } from "@/i18n/language";
import { texts } from "./texts";

interface Change {
  version: number;
  action: string;
  made_by: string;
  made_at: string;
}

/** Somebody else was quicker: what they did, before anything of one's own is sent again. */
export function Changed({ problem, onClose, onReload }: { problem: Problem | null; onClose: () => void; onReload: () => void }) {
  const words = useTexts(texts);
  const shared = useTexts(common);
  const { language } = useLanguage();
  const changes = (problem?.extra.changes ?? []) as Change[];
  return (
    <Modal open={!!problem} title={words.changed} okText={words.changedOk} cancelText={shared.cancel} onOk={onReload} onCancel={onClose}>
      <p>{problem?.text(language)}</p>
      <p className="muted">{words.changedHint}</p>
      <ol className="past">
        {changes.map((one) => (
          <li key={one.version}>
            <span className="num muted">{dayjs(one.made_at).format("MM-DD HH:mm")}</span>
            <b>{one.made_by}</b>
            <span>{words[`history_${one.action}` as "history_claim"] ?? one.action}</span>
          </li>
        ))}
      </ol>
    </Modal>
  );
}

/** It is submitted; the next one waits. */
export function Done({ open, found, onClose }: { open: boolean; found: ReviewOut; onClose: () => void }) {
  const words = useTexts(texts);
  const go = useNavigate();
  const [next, setNext] = useState<Queued | null>(null);
  useEffect(() => {
    if (!open) return;
    api.get<QueuePage>("/v1/queue", { limit: 20 }).then(
      ({ items }) => setNext(items.find((one) => one.id !== found.review.id && (one.own || one.state === "open") && (one.own || !one.assignee)) ?? null),
      () => setNext(null),
    );
  }, [open, found.review.id]);
  return (
    <Modal open={open} footer={null} onCancel={onClose} width={420}>
      <Result
        status="success"
        title={words.submitted}
        subTitle={found.review.final_outcome ?? found.review.outcome}
        extra={[
          next && (
            <Button key="next" type="primary" autoFocus onClick={() => go(`/sessions/${next.session_id}?review=${next.id}`)}>
              {words.goNext}
            </Button>
          ),
          <Button key="queue" type={next ? "default" : "primary"} onClick={() => go("/queue")}>{words.toQueue}</Button>,
        ]}
      />
    </Modal>
  );
}
