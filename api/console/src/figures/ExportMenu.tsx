import { DownloadOutlined } from "@ant-design/icons";
import { App, Button, Dropdown } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { download } from "@/api/client";
import { useTexts } from "@/i18n/language";
import { asCsv, asXlsx, type Sheet } from "./tables";
import { figureTexts } from "./texts";
import "./figures.css";

interface Props {
  /** Begins the file's name; the day is added. */
  name: string;
  /** The tables; CSV takes the first one. Asked when somebody exports, so that lists may be fetched whole then. */
  sheets: () => readonly Sheet[] | Promise<readonly Sheet[]>;
  disabled?: boolean;
}

/** Takes tables away as CSV or XLSX. */
export function ExportMenu({ name, sheets, disabled }: Props) {
  const words = useTexts(figureTexts);
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const run = async (kind: string) => {
    setBusy(true);
    try {
      const found = await sheets();
      const file = `${name}-${dayjs().format("YYYYMMDD")}`;
      const first = found[0];
      if (kind === "xlsx") download(await asXlsx(found), `${file}.xlsx`);
      else if (first) download(new Blob([asCsv(first)], { type: "text/csv;charset=utf-8" }), `${file}.csv`);
    } catch {
      message.error(words.exportFailed);
    } finally {
      setBusy(false);
    }
  };
  const items = [
    { key: "xlsx", label: words.exportXlsx },
    { key: "csv", label: words.exportCsv },
  ];
  return (
    <Dropdown trigger={["click"]} disabled={disabled || busy} menu={{ items, onClick: ({ key }) => void run(key) }}>
      <Button icon={<DownloadOutlined />} loading={busy}>{words.export}</Button>
    </Dropdown>
  );
}
