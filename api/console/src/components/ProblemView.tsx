import { Button, Result } from "antd";
import type { Problem } from "@/api/problem";
import { common } from "@/i18n/common";
import { useLanguage, useTexts } from "@/i18n/language";

/** What went wrong where something should stand, and the way to try again. */
export function ProblemView({ problem, retry }: { problem: Problem; retry?: () => void }) {
  const words = useTexts(common);
  const { language } = useLanguage();
  return (
    <Result
      status="warning"
      title={words.failed}
      subTitle={
        <>
          {problem.text(language)}
          {problem.request && <div className="muted" style={{ fontSize: 12 }}>{words.requestId(problem.request)}</div>}
        </>
      }
      extra={retry && <Button type="primary" onClick={retry}>{words.retry}</Button>}
    />
  );
}
