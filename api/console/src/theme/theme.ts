import type { ThemeConfig } from "antd";

/** The look of the components; the same colours stand in tokens.css for our own styles. */
export const theme: ThemeConfig = {
  token: {
    colorPrimary: "#0e5a6b",
    colorInfo: "#0e5a6b",
    // of so dark a colour the shades for backgrounds come out too dark to read on
    colorPrimaryBg: "#e4f1f3",
    colorPrimaryBgHover: "#d9ebee",
    colorInfoBg: "#e4f1f3",
    colorInfoBorder: "#b5d2d8",
    colorSuccessBg: "#e5f4ec",
    colorSuccessBorder: "#b3dac5",
    colorWarningBg: "#fdf0e3",
    colorWarningBorder: "#f2cfa6",
    colorErrorBg: "#fdecea",
    colorErrorBorder: "#f0bcb6",
    colorLink: "#0e5a6b",
    colorSuccess: "#1d6b45",
    colorWarning: "#b54708",
    colorError: "#b42318",
    colorText: "#1b2a33",
    colorTextSecondary: "#475863",
    colorTextTertiary: "#63727d",
    colorTextDescription: "#5c6b76",
    colorTextPlaceholder: "#6f7d87",
    colorBorder: "#ccd5da",
    colorBorderSecondary: "#dfe5e8",
    colorBgLayout: "#f3f6f7",
    borderRadius: 6,
    fontSize: 14,
    fontFamily:
      '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", system-ui, sans-serif',
    controlHeight: 32,
    wireframe: false,
  },
  components: {
    Button: { primaryShadow: "none", defaultShadow: "none", dangerShadow: "none" },
    Table: { headerBg: "#f8fafb", headerColor: "#475863", cellPaddingBlockSM: 7, rowHoverBg: "#f3f8f9", rowSelectedBg: "#e4f1f3", rowSelectedHoverBg: "#d9ebee" },
    Segmented: { trackBg: "#e5ebed" },
    Tabs: { horizontalMargin: "0 0 12px 0" },
    Tooltip: { colorBgSpotlight: "#1b2a33" },
    Card: { paddingLG: 16 },
  },
};
