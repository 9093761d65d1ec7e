import react from "@vitejs/plugin-react";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** Where the interface runs while the console is worked on: `npm run dev` passes /v1 on to it. */
const SERVER = process.env.MINGJIAN_DEV_SERVER ?? "127.0.0.1:8000";

/** A packed copy beside each script and style: the server sends it to browsers that take it. */
function packed(): Plugin {
  let folder = "";
  return {
    name: "packed",
    apply: "build",
    configResolved: (config) => {
      folder = join(config.root, config.build.outDir, "assets");
    },
    closeBundle: () => {
      for (const name of readdirSync(folder).filter((one) => /\.(js|css)$/.test(one))) {
        writeFileSync(join(folder, `${name}.gz`), gzipSync(readFileSync(join(folder, name)), { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  base: "/console/",
  plugins: [react(), packed()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { proxy: { "/v1": { target: { protocol: "http:", host: SERVER.split(":")[0], port: SERVER.split(":")[1] } } } },
  build: {
    target: "es2022",
    sourcemap: false,
    // No file is put into another as data: the content policy lets scripts and pictures come from files alone.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    rollupOptions: {
      output: {
        manualChunks: (id) =>
          /node_modules\/(react|react-dom|react-router|react-router-dom|scheduler|@remix-run)\//.test(id)
            ? "react"
            : /node_modules\/(antd|@ant-design|rc-|@rc-component|dayjs)/.test(id)
              ? "antd"
              : /node_modules\/(echarts|zrender)\//.test(id)
                ? "echarts"
                : undefined,
      },
    },
  },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
