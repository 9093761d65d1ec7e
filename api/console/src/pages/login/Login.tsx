import { CheckCircleOutlined, ClockCircleOutlined, PlayCircleOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useEffect } from "react";
import { useNavigate, useSearchParams } from "react-router-dom";
import { useSession } from "@/api/session";
import { SignInForm } from "@/components/SignInForm";
import { common } from "@/i18n/common";
import { useLanguage, useTexts } from "@/i18n/language";
import { texts } from "./texts";
import "./login.css";

/** A path of the console itself: nobody is led elsewhere after signing in. */
function own(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) ? next : "/";
}

export default function Login() {
  const words = useTexts(texts);
  const shared = useTexts(common);
  const { language, choose } = useLanguage();
  const { me } = useSession();
  const go = useNavigate();
  const [asked] = useSearchParams();
  const next = own(asked.get("next"));
  useEffect(() => {
    if (me) go(next, { replace: true });
  }, [me, next, go]);
  return (
    <div className="login">
      <section className="login-side">
        <div className="login-name"><img src="/console/mark.svg" alt="" />{words.name}</div>
        <div>
          <h1>{words.what}</h1>
          <p className="login-promise">{words.promise}</p>
          <ul>
            <li><ClockCircleOutlined />{words.points1}</li>
            <li><PlayCircleOutlined />{words.points2}</li>
            <li><CheckCircleOutlined />{words.points3}</li>
          </ul>
        </div>
        <div />
      </section>
      <main className="login-main">
        <div className="login-box">
          <h2>{words.signIn}</h2>
          <SignInForm next={next} />
        </div>
        <Button
          type="text"
          className="login-language"
          title={shared.languageHint}
          onClick={() => choose(language === "zh" ? "en" : "zh")}
        >
          {shared.language}
        </Button>
      </main>
    </div>
  );
}
