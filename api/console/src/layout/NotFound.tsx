import { Button, Result } from "antd";
import { useNavigate } from "react-router-dom";
import { common } from "@/i18n/common";
import { useTexts } from "@/i18n/language";

export function NotFound() {
  const words = useTexts(common);
  const go = useNavigate();
  return (
    <div className="lost">
      <Result
        status="info"
        title={words.notFound}
        subTitle={words.notFoundHint}
        extra={<Button type="primary" onClick={() => go("/")}>{words.back}</Button>}
      />
    </div>
  );
}
