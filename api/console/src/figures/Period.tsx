import { DatePicker, Input, Select } from "antd";
import dayjs from "dayjs";
import { useCallback, useMemo } from "react";
import { useSession } from "@/api/session";
import { useAddress } from "@/api/useAddress";
import { common } from "@/i18n/common";
import { useTexts } from "@/i18n/language";
import { figureTexts } from "./texts";
import "./figures.css";

const DAY = "YYYY-MM-DD";
const DAYS = 30;
const SCENARIOS = ["face_to_face", "remote", "bank", "telesales", "callback"] as const;

export interface Asked {
  since: string;
  until: string;
  branch?: string;
  agent?: string;
  scenario?: string;
  [name: string]: string | undefined;
}

/** What the address asks about: 30 days, of all, unless it says otherwise. */
export function useAsked(): [Asked, (change: Partial<Asked>) => void] {
  const [query, put] = useAddress();
  const until = query.get("until") ?? dayjs().format(DAY);
  const since = query.get("since") ?? dayjs(until).subtract(DAYS - 1, "day").format(DAY);
  const branch = query.get("branch") ?? undefined;
  const agent = query.get("agent") ?? undefined;
  const scenario = query.get("scenario") ?? undefined;
  const asked = useMemo(() => ({ since, until, branch, agent, scenario }), [since, until, branch, agent, scenario]);
  const ask = useCallback((change: Partial<Asked>) => put({ ...change }), [put]);
  return [asked, ask];
}

/** Chooses days, branch, salesperson and scenario; all of it stands in the address. */
export function PeriodFilters({ agents = true, scenarios = true }: { agents?: boolean; scenarios?: boolean }) {
  const words = useTexts(figureTexts);
  const names = useTexts(common);
  const { me } = useSession();
  const [asked, ask] = useAsked();
  const today = dayjs();
  return (
    <div className="filters" role="group" aria-label={words.period}>
      <DatePicker.RangePicker
        allowClear={false}
        value={[dayjs(asked.since), dayjs(asked.until)]}
        format={DAY}
        presets={[
          { label: words.last7, value: [today.subtract(6, "day"), today] },
          { label: words.last30, value: [today.subtract(29, "day"), today] },
          { label: words.last90, value: [today.subtract(89, "day"), today] },
          { label: words.thisMonth, value: [today.startOf("month"), today] },
          { label: words.lastMonth, value: [today.subtract(1, "month").startOf("month"), today.subtract(1, "month").endOf("month")] },
        ]}
        aria-label={words.period}
        onChange={(days) => {
          const [first, last] = days ?? [];
          if (first && last) ask({ since: first.format(DAY), until: last.format(DAY) });
        }}
      />
      {me?.role !== "branch" && (
        <Input.Search
          allowClear
          aria-label={words.branch}
          placeholder={words.anyBranch}
          defaultValue={asked.branch}
          key={`b${asked.branch ?? ""}`}
          style={{ width: 170 }}
          onSearch={(text) => ask({ branch: text.trim() || undefined })}
        />
      )}
      {agents && (
        <Input.Search
          allowClear
          aria-label={words.agent}
          placeholder={words.agent}
          defaultValue={asked.agent}
          key={`a${asked.agent ?? ""}`}
          style={{ width: 170 }}
          onSearch={(text) => ask({ agent: text.trim() || undefined })}
        />
      )}
      {scenarios && (
        <Select
          allowClear
          aria-label={words.scenario}
          placeholder={words.anyScenario}
          value={asked.scenario}
          style={{ width: 130 }}
          options={SCENARIOS.map((one) => ({ value: one, label: names[one] }))}
          onChange={(value?: string) => ask({ scenario: value })}
        />
      )}
    </div>
  );
}
