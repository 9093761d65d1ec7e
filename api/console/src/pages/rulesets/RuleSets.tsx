import { Button, Table, type TableColumnsType } from "antd";
import dayjs from "dayjs";
import { Link } from "react-router-dom";
import { api } from "@/api/client";
import { has, useMe } from "@/api/session";
import { useLoad } from "@/api/useLoad";
import { PageHead } from "@/components/PageHead";
import { ProblemView } from "@/components/ProblemView";
import { Mark } from "@/components/marks";
import { common } from "@/i18n/common";
import { useTexts } from "@/i18n/language";
import type { Known } from "./api";
import { texts } from "./texts";

const TONE = { builtin: "low", draft: "medium", proposed: "high", published: "good", withdrawn: "low" } as const;

/** Every rule set there is: what is in force, and what waits to be. */
export default function RuleSets() {
  const words = useTexts(texts);
  const names = useTexts(common);
  const me = useMe();
  const found = useLoad((signal) => api.get<{ items: Known[] }>("/v1/rulesets", undefined, { signal }), []);
  if (found.problem && !found.data) return <ProblemView problem={found.problem} retry={found.reload} />;
  const columns: TableColumnsType<Known> = [
    { title: words.ruleset, render: (_, one) => <><Link to={`/rulesets/${one.id}`}><b>{one.title ?? one.id}</b></Link><div className="muted small mono">{one.id}</div></> },
    { title: words.scenarios, render: (_, one) => one.scenarios.map((name) => (name in names ? (names[name as keyof typeof names] as string) : name)).join("、") },
    { title: words.rules, dataIndex: "rules", align: "right", width: 90 },
    {
      title: words.inForce, width: 220,
      render: (_, one) => <><Mark tone={TONE[one.source]}>{words[`source_${one.source}`]}</Mark> {one.number ? words.number(String(one.number)) : one.version}</>,
    },
    {
      title: words.waiting,
      render: (_, one) =>
        one.newest
          .filter((version) => version.state === "draft" || version.state === "proposed")
          .map((version) => (
            <div key={version.version} className="small">
              <Mark tone={TONE[version.state]}>{words[`source_${version.state}`]}</Mark>{" "}
              <Link style={{ textDecoration: "underline" }} to={`/rulesets/${one.id}?version=${version.version}&tab=edit`}>{words.number(String(version.version))}</Link>{" "}
              <span className="muted">{words.changedBy(version.made_by, dayjs(version.made_at).format("MM-DD HH:mm"))}</span>
            </div>
          )),
    },
  ];
  return (
    <>
      <PageHead
        title={words.title}
        hint={words.hint}
        extra={has(me, "compliance", "senior_reviewer", "auditor") && <Link to="/wordings"><Button tabIndex={-1}>{words.wordings}</Button></Link>}
      />
      <Table<Known> size="small" rowKey="id" loading={found.loading} columns={columns} dataSource={found.data?.items ?? []} pagination={false} />
    </>
  );
}
