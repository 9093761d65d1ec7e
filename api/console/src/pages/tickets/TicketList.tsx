import { Input, Segmented, Select, type TableColumnsType } from "antd";
import dayjs from "dayjs";
import type { Query } from "@/api/client";
import { has, useMe } from "@/api/session";
import { useAddress } from "@/api/useAddress";
import { usePages } from "@/api/usePages";
import { PagedTable } from "@/components/PagedTable";
import { Mark } from "@/components/marks";
import { ExportMenu } from "@/figures/ExportMenu";
import { common } from "@/i18n/common";
import { useLanguage, useTexts } from "@/i18n/language";
import { Basis } from "./Basis";
import { Due } from "./Due";
import { TicketDrawer } from "./TicketDrawer";
import type { Kind, Ticket } from "./api";
import { texts } from "./texts";

const MOST_EXPORTED = 5000;
type Which = "open" | "overdue" | "closed" | "all";
const ASKED: Record<Which, Query> = { open: { open: true }, overdue: { overdue: true }, closed: { open: false }, all: {} };

/** Tickets by what is due next; what they are asked for stands in the address. */
export function TicketList({ kinds }: { kinds: readonly Kind[] }) {
  const words = useTexts(texts);
  const names = useTexts(common);
  const { language } = useLanguage();
  const me = useMe();
  const [query, ask] = useAddress();
  const one = kinds.length === 1 ? kinds[0] : undefined;
  const kind = one ?? (kinds.find((known) => known === query.get("kind")) as Kind | undefined);
  const which = (query.get("show") as Which | null) ?? "open";
  const branch = query.get("branch") ?? undefined;
  const policy = query.get("policy_no") ?? undefined;
  const assignee = query.get("assignee") ?? undefined;
  const session = query.get("session_id") ?? undefined;
  const chosen = query.get("ticket");
  const pages = usePages<Ticket>("/v1/tickets", { ...ASKED[which], kind, branch, assignee, policy_no: policy, session_id: session });
  const fitting = (found: Ticket[]) => (kind ? found : found.filter((row) => kinds.includes(row.kind)));
  const rows = fitting(pages.rows);

  const kindName = (row: Ticket) => words[`kind_${row.kind}`];
  const stateName = (row: Ticket) => (language === "zh" ? row.title : row.state.replaceAll("_", " "));
  const columns: TableColumnsType<Ticket> = [
    { title: words.left, width: 150, render: (_, row) => <Due ticket={row} /> },
    ...(one ? [] : [{ title: words.kind, width: 100, render: (_: unknown, row: Ticket) => kindName(row) }]),
    {
      title: words.policy, width: 180,
      render: (_, row) => <button type="button" className="plain figure-link" onClick={() => ask({ ticket: row.id })}>{row.policy_no ?? row.id.slice(0, 8)}</button>,
    },
    { title: words.state, width: 130, render: (_, row) => <Mark tone={row.closed_at ? "low" : "brand"}>{stateName(row)}</Mark> },
    ...(one === "callback"
      ? [
          { title: words.tries, width: 80, render: (_: unknown, row: Ticket) => <span className="num">{words.triesOf(String(row.tries))}</span> },
          { title: words.notBefore, width: 110, render: (_: unknown, row: Ticket) => <span className="num">{day(row.not_before)}</span> },
        ]
      : []),
    { title: words.branch, dataIndex: "branch", ellipsis: true, render: (name: string | null) => name ?? "—" },
    { title: words.assignee, dataIndex: "assignee", width: 120, ellipsis: true, render: (who: string | null) => who ?? "—" },
    { title: words.opened, width: 110, render: (_, row) => <span className="num">{day(row.opened_at)}</span> },
    { title: words.due, width: 110, render: (_, row) => <span className="num">{day(row.due_at)}</span> },
    { title: words.basis, dataIndex: "basis", width: 100, render: (basis: string | null) => <Basis basis={basis} /> },
  ];
  const sheets = async () => {
    const all = fitting(await pages.all(MOST_EXPORTED));
    return [
      {
        name: one === "callback" ? words.callbacks : words.title,
        columns: ["ID", words.kind, words.policy, words.state, words.branch, words.assignee, words.opened, words.notBefore, words.due, words.basis, words.tries, words.closed],
        rows: all.map((row) => [row.id, kindName(row), row.policy_no, stateName(row), row.branch, row.assignee, day(row.opened_at), day(row.not_before), day(row.due_at), row.basis, row.tries, day(row.closed_at)]),
      },
    ];
  };
  return (
    <>
      <div className="filters">
        <Segmented<Which>
          aria-label={words.state}
          value={which}
          options={[{ value: "open", label: words.openOnly }, { value: "overdue", label: words.overdueOnly }, { value: "closed", label: words.closedOnly }, { value: "all", label: words.everything }]}
          onChange={(value) => ask({ show: value === "open" ? undefined : value })}
        />
        {!one && (
          <Select
            allowClear
            style={{ width: 130 }}
            placeholder={words.allKinds}
            aria-label={words.kind}
            value={kind}
            options={kinds.map((known) => ({ value: known, label: words[`kind_${known}`] }))}
            onChange={(value?: string) => ask({ kind: value })}
          />
        )}
        <Input.Search allowClear style={{ width: 180 }} placeholder={words.policy} aria-label={words.policy} defaultValue={policy} onSearch={(text) => ask({ policy_no: text.trim() })} />
        {!has(me, "branch") && (
          <Input.Search allowClear style={{ width: 170 }} placeholder={words.branch} aria-label={words.branch} defaultValue={branch} onSearch={(text) => ask({ branch: text.trim() })} />
        )}
        <Segmented
          aria-label={words.assignee}
          value={assignee === me.name ? "mine" : "all"}
          options={[{ value: "all", label: names.all }, { value: "mine", label: words.mine }]}
          onChange={(value) => ask({ assignee: value === "mine" ? me.name : undefined })}
        />
        <span style={{ marginLeft: "auto" }}><ExportMenu name={`mingjian-${one ?? "tickets"}`} sheets={sheets} disabled={!rows.length} /></span>
      </div>
      <PagedTable<Ticket>
        pages={pages}
        rows={rows}
        rowKey="id"
        columns={columns}
        empty={one === "callback" ? words.emptyCallbacks : words.empty}
        rowClassName={(row) => (row.id === chosen ? "ant-table-row-selected" : "")}
      />
      {chosen && <TicketDrawer id={chosen} onClose={() => ask({ ticket: undefined })} onChanged={pages.reload} />}
    </>
  );
}

function day(text: string | null): string {
  return text ? dayjs(text).format("YYYY-MM-DD") : "—";
}
