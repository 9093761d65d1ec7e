import { Alert, App, Button, Input, Modal, Space } from "antd";
import { useTexts } from "@/i18n/language";
import { texts } from "./texts";

/** Something that is shown this once. */
export function Secret({ title, value, onClose }: { title: string; value: string | null; onClose: () => void }) {
  const words = useTexts(texts);
  const { message } = App.useApp();
  const copy = async () => {
    if (!value) return;
    await navigator.clipboard.writeText(value);
    message.success(words.copied);
  };
  return (
    <Modal open={value !== null} title={title} onCancel={onClose} onOk={onClose} cancelButtonProps={{ hidden: true }} maskClosable={false}>
      <Alert type="warning" showIcon message={words.shownOnce} style={{ marginBottom: 12 }} />
      <Space.Compact block>
        <Input className="mono" readOnly value={value ?? ""} aria-label={title} onFocus={(event) => event.target.select()} />
        <Button onClick={() => void copy()}>{words.copy}</Button>
      </Space.Compact>
    </Modal>
  );
}
