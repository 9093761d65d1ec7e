import { Button, Result } from "antd";
import { useRouteError } from "react-router-dom";
import { common } from "@/i18n/common";
import { useTexts } from "@/i18n/language";

/** A page that broke. A piece of it that is not there any more means that the console was updated meanwhile. */
export function Broken() {
  const words = useTexts(common);
  const error = useRouteError();
  const outdated = error instanceof TypeError && /import|module/i.test(error.message);
  return (
    <div className="lost">
      <Result
        status={outdated ? "info" : "warning"}
        title={outdated ? words.updated : words.crashed}
        subTitle={outdated ? undefined : words.crashedHint}
        extra={<Button type="primary" onClick={() => window.location.reload()}>{words.reload}</Button>}
      />
    </div>
  );
}
