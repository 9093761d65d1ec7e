import { FilePdfOutlined } from "@ant-design/icons";
import { Image } from "antd";
import { fileAddress, size, type AppealFile } from "./files";
import "./appeal.css";

/** The evidence of an appeal: pictures to look at, papers to open. */
export function AppealFiles({ review, files }: { review: string; files: readonly AppealFile[] }) {
  if (!files.length) return null;
  return (
    <Image.PreviewGroup>
      <ul className="appeal-files">
        {files.map((one) => (
          <li key={one.id}>
            {one.media_type.startsWith("image/") ? (
              <Image src={fileAddress(review, one.id)} alt={one.name} width={96} height={72} style={{ objectFit: "cover" }} />
            ) : (
              <a className="appeal-paper" href={fileAddress(review, one.id)} download={one.name}><FilePdfOutlined aria-hidden /></a>
            )}
            <a href={fileAddress(review, one.id)} download={one.name} className="ellipsis small" title={one.name}>{one.name}</a>
            <span className="muted small num">{size(one.bytes)}</span>
          </li>
        ))}
      </ul>
    </Image.PreviewGroup>
  );
}
