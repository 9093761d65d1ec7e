import { Modal } from "antd";
import { SignInForm } from "@/components/SignInForm";
import { useTexts, defineTexts } from "@/i18n/language";
import type { Me } from "@/api/session";

const texts = defineTexts(
  {
    title: "登录已过期",
    hint: "请重新登录。页面上填写的内容都还在，登录后自动继续保存。",
    other: "换一个账号登录",
  },
  {
    title: "Your log-in has ended",
    hint: "Please sign in again. Everything you filled in is still here and goes on being saved.",
    other: "Sign in as somebody else",
  },
);

/** Signing in again over the page one was at work on; nothing of it is lost. */
export function Expired({ me }: { me: Me }) {
  const words = useTexts(texts);
  return (
    <Modal open centered title={words.title} footer={null} closable={false} maskClosable={false} keyboard={false} width={400}>
      <p className="muted">{words.hint}</p>
      <SignInForm name={me.name} fixed />
      <a href="/console/login">{words.other}</a>
    </Modal>
  );
}
