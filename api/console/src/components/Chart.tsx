import { useEffect, useRef } from "react";
import type { EChartsOption } from "echarts";

interface Props {
  option: EChartsOption;
  height: number;
  /** What the chart shows, for who does not see it. */
  label: string;
  onPick?: (event: { name: string; seriesName?: string; dataIndex: number }) => void;
}

/** A chart; ECharts is loaded when the first one is drawn. */
export function Chart({ option, height, label, onPick }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<{ setOption: (option: EChartsOption, all: boolean) => void } | null>(null);
  const latest = useRef({ option, onPick });
  latest.current = { option, onPick };
  useEffect(() => {
    let gone = false;
    let drop = () => {};
    void import("echarts").then((echarts) => {
      if (gone || !place.current) return;
      const made = echarts.init(place.current, undefined, { renderer: "svg" });
      made.setOption(latest.current.option, true);
      made.on("click", (event) =>
        latest.current.onPick?.({ name: event.name, seriesName: event.seriesName, dataIndex: event.dataIndex }),
      );
      const watch = new ResizeObserver(() => made.resize());
      watch.observe(place.current);
      chart.current = made;
      drop = () => {
        watch.disconnect();
        made.dispose();
      };
    });
    return () => {
      gone = true;
      drop();
    };
  }, []);
  useEffect(() => chart.current?.setOption(option, true), [option]);
  return <div ref={place} role="img" aria-label={label} style={{ height, width: "100%" }} />;
}
