import { UploadOutlined } from "@ant-design/icons";
import { App, Button, Checkbox, Form, Input, Modal, Upload, type UploadFile } from "antd";
import { useState } from "react";
import { api } from "@/api/client";
import { asProblem } from "@/api/problem";
import { useMe } from "@/api/session";
import { TAKEN } from "@/appeal/files";
import { handIn, isTaken } from "@/appeal/handIn";
import { needed } from "@/figures/needed";
import { useLanguage, useTexts } from "@/i18n/language";
import type { BranchFinding, BranchReview } from "./api";
import { texts } from "./texts";

interface Props {
  review: BranchReview;
  findings: BranchFinding[];
  onClose: () => void;
  onDone: () => void;
}

const MOST = 10;

/** An objection to a decision: why, about what, with which evidence. */
export function AppealForm({ review, findings, onClose, onDone }: Props) {
  const words = useTexts(texts);
  const { language } = useLanguage();
  const me = useMe();
  const { message } = App.useApp();
  const [form] = Form.useForm<{ text: string; items?: string[] }>();
  const [files, setFiles] = useState<UploadFile[]>([]);
  const [busy, setBusy] = useState(false);
  const submit = async ({ text, items }: { text: string; items?: string[] }) => {
    setBusy(true);
    try {
      await api.post(`/v1/reviews/${review.id}/appeal`, { version: review.version, text: text.trim(), items: items ?? [] });
    } catch (error) {
      message.error(asProblem(error).text(language));
      setBusy(false);
      return;
    }
    for (const one of files) {
      if (!one.originFileObj) continue;
      try {
        await handIn(review.id, one.originFileObj, me.csrf);
      } catch {
        message.error(words.fileFailed(one.name));
      }
    }
    message.success(words.sent);
    onDone();
  };
  return (
    <Modal open title={words.appealTitle} width={620} onCancel={onClose} onOk={() => form.submit()} okText={words.submit} confirmLoading={busy} destroyOnHidden>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(values) => void submit(values)}>
        <Form.Item name="items" label={words.about}>
          <Checkbox.Group className="branch-about" options={unique(findings).map((one) => ({ value: one.item, label: one.title }))} />
        </Form.Item>
        <Form.Item name="text" label={words.reasons} extra={words.reasonsHint} rules={[needed(words.reasonsNeeded)]}>
          <Input.TextArea rows={5} maxLength={4000} showCount />
        </Form.Item>
        <Form.Item label={words.evidence} extra={words.evidenceHint}>
          <Upload
            multiple
            accept={TAKEN.join(",")}
            fileList={files}
            beforeUpload={() => false}
            onChange={({ fileList }) => {
              const fit = fileList.filter((one) => isTaken({ type: one.type ?? "", size: one.size ?? 0 }));
              for (const one of fileList) if (!fit.includes(one)) message.warning(words.tooLarge(one.name));
              setFiles(fit.slice(0, MOST));
            }}
          >
            <Button icon={<UploadOutlined />} disabled={files.length >= MOST}>{words.addFiles}</Button>
          </Upload>
        </Form.Item>
      </Form>
    </Modal>
  );
}

function unique(findings: BranchFinding[]): BranchFinding[] {
  return [...new Map(findings.map((one) => [one.item, one])).values()];
}
