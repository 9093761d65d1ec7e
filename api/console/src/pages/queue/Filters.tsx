import { DownOutlined, SaveOutlined, SearchOutlined } from "@ant-design/icons";
import { App, Button, Dropdown, Input, Popover, Select } from "antd";
import { memo, useEffect, useState } from "react";
import { Link } from "react-router-dom";
import { asProblem } from "@/api/problem";
import type { QueueCounts } from "@/api/types";
import { common } from "@/i18n/common";
import { useLanguage, useTexts } from "@/i18n/language";
import { texts } from "./texts";
import { useReviewers } from "./useReviewers";
import { useViews } from "./useViews";
import { isSame, type Filters } from "./views";

interface Props {
  filters: Filters;
  counts: QueueCounts | null;
  /** Whether samples are known by their kind to the caller. */
  seesSamples: boolean;
  onFilters: (filters: Filters) => void;
}

const SCENARIOS = ["face_to_face", "remote", "bank", "telesales", "callback"] as const;

/** Quick choices with their counts, search, filters, and views one keeps; left alone while the list below scrolls. */
export const QueueFilters = memo(function QueueFilters({ filters, counts, seesSamples, onFilters }: Props) {
  const words = useTexts(texts);
  const shared = useTexts(common);
  const [policy, setPolicy] = useState(filters.policy_no ?? "");
  useEffect(() => setPolicy(filters.policy_no ?? ""), [filters.policy_no]);
  const put = (more: Filters) => onFilters({ ...filters, ...more });
  const waiting = counts ? counts.open + counts.claimed + counts.appealed : null;
  const quick: { id: string; name: string; count: number | null; filters: Filters; tone?: string }[] = [
    { id: "all", name: words.all, count: waiting, filters: {} },
    { id: "overdue", name: words.overdue, count: counts?.overdue ?? null, filters: { due: "overdue" }, tone: "critical" },
    { id: "today", name: words.today, count: counts?.due_today ?? null, filters: { due: "today" }, tone: "high" },
    { id: "mine", name: words.mine, count: counts?.mine ?? null, filters: { mine: "1" } },
    { id: "open", name: words.open, count: counts?.open ?? null, filters: { state: "open" } },
    { id: "claimed", name: words.claimed, count: counts?.claimed ?? null, filters: { state: "claimed" } },
    { id: "appealed", name: words.appealed, count: counts?.appealed ?? null, filters: { state: "appealed" } },
  ];
  const { due, mine, state, ...other } = filters;
  const quickNow: Filters = { due, mine, state };
  return (
    <div className="q-filters">
      <div className="q-quick" role="group" aria-label={words.title}>
        {quick.map((one) => {
          const here = isSame(one.filters, quickNow);
          return (
            <button
              key={one.id}
              type="button"
              aria-pressed={here}
              className={`plain q-chip${here ? " here" : ""}${one.tone && one.count ? ` ${one.tone}` : ""}`}
              onClick={() => onFilters({ ...other, ...one.filters })}
            >
              {one.name}<b className="num">{one.count ?? "…"}</b>
            </button>
          );
        })}
      </div>
      <div className="q-tools">
        <Input
          allowClear
          className="q-search"
          prefix={<SearchOutlined />}
          placeholder={words.policyHint}
          aria-label={words.policyHint}
          value={policy}
          onChange={(event) => {
            setPolicy(event.target.value);
            if (!event.target.value) put({ policy_no: undefined });
          }}
          onPressEnter={() => put({ policy_no: policy.trim() || undefined })}
        />
        <Select
          allowClear
          style={{ width: 124 }}
          placeholder={words.scenario}
          aria-label={words.scenario}
          value={filters.scenario}
          onChange={(scenario) => put({ scenario })}
          options={SCENARIOS.map((one) => ({ value: one, label: shared[one] }))}
        />
        <Select
          allowClear
          style={{ width: 124 }}
          placeholder={words.reason}
          aria-label={words.reason}
          value={filters.reason}
          onChange={(reason) => put({ reason })}
          options={(seesSamples ? (["flagged", "quota", "blind", "double"] as const) : (["flagged", "double", "sample"] as const)).map((one) => ({
            value: one,
            label: words[`reason_${one}`],
          }))}
        />
        <Popover
          trigger="click"
          placement="bottomLeft"
          content={<MoreFilters filters={filters} onFilters={onFilters} />}
        >
          <Button>{words.more} <DownOutlined /></Button>
        </Popover>
        <Views filters={filters} onFilters={onFilters} />
        <Link to="/search" className="figure-link">{words.searchSaid}</Link>
        {!isSame(filters, {}) && <Button type="link" onClick={() => onFilters({})}>{words.clear}</Button>}
      </div>
    </div>
  );
});

function MoreFilters({ filters, onFilters }: Pick<Props, "filters" | "onFilters">) {
  const words = useTexts(texts);
  const [draft, setDraft] = useState(filters);
  const reviewers = useReviewers();
  useEffect(() => setDraft(filters), [filters]);
  const field = (name: "branch" | "agent" | "item", label: string) => (
    <label key={name}>
      <span>{label}</span>
      <Input size="small" allowClear value={draft[name] ?? ""} onChange={(event) => setDraft({ ...draft, [name]: event.target.value })} onPressEnter={() => onFilters(draft)} />
    </label>
  );
  return (
    <div className="q-more">
      {field("branch", words.branch)}
      {field("agent", words.agent)}
      {field("item", words.item)}
      <label>
        <span>{words.assignee}</span>
        <Select
          allowClear
          showSearch
          size="small"
          style={{ width: "100%" }}
          value={draft.assignee}
          onChange={(assignee?: string) => setDraft({ ...draft, assignee })}
          options={reviewers.map((one) => ({ value: one.name, label: one.name }))}
        />
      </label>
      <Button type="primary" size="small" onClick={() => onFilters(draft)}>{useTexts(common).confirm}</Button>
    </div>
  );
}

/** Views one keeps: chosen, saved, deleted. */
function Views({ filters, onFilters }: Pick<Props, "filters" | "onFilters">) {
  const words = useTexts(texts);
  const shared = useTexts(common);
  const { language } = useLanguage();
  const { modal, message } = App.useApp();
  const { views, keep, drop } = useViews();
  const tell = (error: unknown) => void message.error(asProblem(error).text(language), 6);
  const add = () => {
    let name = "";
    modal.confirm({
      title: words.saveView,
      icon: null,
      content: <Input autoFocus maxLength={40} placeholder={words.viewName} aria-label={words.viewName} onChange={(event) => (name = event.target.value.trim())} />,
      okText: shared.save,
      cancelText: shared.cancel,
      onOk: async () => {
        if (!name) throw new Error(words.viewName);
        await keep(name, filters).then(() => message.success(words.viewSaved), tell);
      },
    });
  };
  const current = views.find((one) => isSame(one.filters, filters));
  return (
    <Dropdown
      trigger={["click"]}
      menu={{
        selectedKeys: current ? [`view:${current.id}`] : [],
        items: [
          ...(views.length
            ? views.map((one) => ({ key: `view:${one.id}`, label: one.name }))
            : [{ key: "none", disabled: true, label: words.noViews }]),
          { type: "divider" as const },
          { key: "save", icon: <SaveOutlined />, label: words.saveView },
          ...(current ? [{ key: "delete", danger: true, label: `${words.deleteView} “${current.name}”` }] : []),
        ],
        onClick: ({ key }) => {
          if (key === "save") add();
          else if (key === "delete" && current) drop(current).catch(tell);
          else onFilters(views.find((one) => `view:${one.id}` === key)?.filters ?? {});
        },
      }}
    >
      <Button>{current ? current.name : words.views} <DownOutlined /></Button>
    </Dropdown>
  );
}
