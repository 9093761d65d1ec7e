import { Button, Empty, Input, Segmented, Skeleton, Spin } from "antd";
import dayjs from "dayjs";
import { useCallback, useEffect, useMemo, useState } from "react";
import { api } from "@/api/client";
import { asProblem, type Problem } from "@/api/problem";
import type { Listed } from "@/api/types";
import { useAddress } from "@/api/useAddress";
import { usePages } from "@/api/usePages";
import { PageHead } from "@/components/PageHead";
import { ProblemView } from "@/components/ProblemView";
import { SessionMark } from "@/components/marks";
import { common } from "@/i18n/common";
import { useTexts } from "@/i18n/language";
import { SessionView } from "./SessionView";
import type { BranchSession } from "./api";
import { texts } from "./texts";
import "./branch.css";

const PAGE = 20;
const VERDICTS: Record<string, string[]> = { flagged: ["flagged", "unusable"], clear: ["clear"], all: ["flagged", "unusable", "clear"] };

/** What a branch sees of its own sales: findings, words, how to mend them, decisions, appeals; never media. */
export default function Branch() {
  const words = useTexts(texts);
  const shared = useTexts(common);
  const [query, ask] = useAddress();
  const show = query.get("show") ?? "flagged";
  const agent = query.get("agent") ?? undefined;
  const policy = query.get("policy") ?? undefined;
  const chosen = query.get("session");
  const pages = usePages<BranchSession>("/v1/branch/findings", { verdict: VERDICTS[show], agent_no: agent, policy_no: policy }, PAGE);
  const { loading } = pages;
  // One that was opened by its address, or has changed since the list came.
  const [single, setSingle] = useState<BranchSession | null>(null);
  const [lost, setLost] = useState<Problem | null>(null);
  const problem = pages.problem ?? lost;
  const rows = useMemo(
    () => pages.rows.map((one) => (one.session_id === single?.session_id ? single : one)),
    [pages.rows, single],
  );
  const refresh = useCallback(async (session: string) => {
    try {
      const page = await api.get<Listed<BranchSession>>("/v1/branch/findings", { session });
      const found = page.items[0];
      setSingle(found ?? null);
    } catch (error) {
      setLost(asProblem(error));
    }
  }, []);
  const shown = rows.find((one) => one.session_id === chosen) ?? (single?.session_id === chosen ? single : null) ?? (chosen ? null : (rows[0] ?? null));
  useEffect(() => {
    if (chosen && !loading && !rows.some((one) => one.session_id === chosen)) void refresh(chosen);
  }, [chosen, loading, rows, refresh]);

  return (
    <div className="branch-page">
      <PageHead title={words.title} hint={words.hint} />
      <div className="filters">
        <Segmented
          aria-label={words.findings}
          value={show}
          options={[{ value: "flagged", label: words.flagged }, { value: "clear", label: words.clear }, { value: "all", label: words.both }]}
          onChange={(value) => ask({ show: value === "flagged" ? undefined : String(value), session: undefined })}
        />
        <Input.Search allowClear style={{ width: 180 }} placeholder={words.policy} aria-label={words.policy} defaultValue={policy} onSearch={(text) => ask({ policy: text.trim(), session: undefined })} />
        <Input.Search allowClear style={{ width: 180 }} placeholder={words.agent} aria-label={words.agent} defaultValue={agent} onSearch={(text) => ask({ agent: text.trim(), session: undefined })} />
      </div>
      {problem && !rows.length ? (
        <ProblemView problem={problem} retry={pages.reload} />
      ) : (
        <div className="branch-two">
          <nav className="branch-list" aria-label={words.title}>
            {loading && !rows.length && <Skeleton active paragraph={{ rows: 8 }} style={{ padding: 12 }} />}
            {!loading && !rows.length && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.empty} style={{ padding: 24 }} />}
            {rows.map((one) => (
              <button
                key={one.session_id}
                type="button"
                className={`plain branch-row${one.session_id === shown?.session_id ? " here" : ""}`}
                aria-current={one.session_id === shown?.session_id}
                onClick={() => ask({ session: one.session_id })}
              >
                <span className="branch-row-head"><b>{one.policy_no ?? one.session_id.slice(0, 8)}</b><SessionMark verdict={one.verdict} /></span>
                <span className="ellipsis small">{[one.agent_name, one.product].filter(Boolean).join(" · ") || "—"}</span>
                <span className="muted small num">
                  {dayjs(one.recorded_at ?? one.created_at).format("YYYY-MM-DD HH:mm")} · {words.findings} {one.findings.length}
                  {one.reviews.some((review) => review.state === "appealed") && ` · ${words.state_appealed}`}
                </span>
              </button>
            ))}
            {pages.more && <Button block type="text" loading={loading} onClick={pages.more}>{shared.loadMore}</Button>}
          </nav>
          <div className="branch-detail">
            {shown ? (
              <SessionView key={shown.session_id} session={shown} onChanged={() => void refresh(shown.session_id)} />
            ) : loading || (chosen && !problem) ? (
              <div style={{ padding: 40, textAlign: "center" }}><Spin /></div>
            ) : (
              <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.choose} />
            )}
          </div>
        </div>
      )}
    </div>
  );
}
