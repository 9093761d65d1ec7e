import { Button, Empty, Table, type TableProps } from "antd";
import type { Pages } from "@/api/usePages";
import { common } from "@/i18n/common";
import { useLanguage, useTexts } from "@/i18n/language";
import { ProblemView } from "./ProblemView";
import "./paged.css";

interface Props<Row> extends Omit<TableProps<Row>, "dataSource" | "loading" | "locale" | "pagination" | "size"> {
  pages: Pages<Row>;
  /** Those of the rows that are shown; without, all that are loaded. */
  rows?: readonly Row[];
  /** What stands where there are no rows. */
  empty: string;
}

/** A list of the interface as a table that is loaded on from its foot. */
export function PagedTable<Row extends object>({ pages, rows, empty, ...table }: Props<Row>) {
  const words = useTexts(common);
  const { language } = useLanguage();
  if (pages.problem && !pages.rows.length) return <ProblemView problem={pages.problem} retry={pages.reload} />;
  return (
    <>
      <Table<Row>
        size="small"
        sticky
        {...table}
        dataSource={rows ?? pages.rows}
        loading={pages.loading}
        pagination={false}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={pages.loading ? words.loading : empty} /> }}
      />
      {pages.more && (
        <div className="list-foot">
          {pages.problem && <span role="alert">{pages.problem.text(language)} </span>}
          <Button onClick={pages.more} loading={pages.loading}>{words.loadMore}</Button>
        </div>
      )}
    </>
  );
}
