// What scripts that drive a browser have in common. Given by the environment: CHROMIUM, and the stage as JSON (STAGE).
import { createRequire } from "node:module";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const require = createRequire(new URL("../../api/console/package.json", import.meta.url));
const { chromium } = require("playwright-core");

export const AXE = require.resolve("axe-core/axe.min.js");
export const stage = JSON.parse(process.env.STAGE);
const QUIET = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
];

/** A browser of its own until `use` has ended. */
export async function withBrowser(use) {
  const profile = mkdtempSync(join(tmpdir(), "mingjian-browser-"));
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: QUIET, env: { ...process.env, HOME: profile } });
  try {
    return await use(browser);
  } finally {
    await browser.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

/** A window in which `name` has signed in; null: nobody. Errors of the page are errors of the test. */
export async function window_(browser, name, size = { width: 1366, height: 768 }) {
  const context = await browser.newContext({ viewport: size, locale: "zh-CN", timezoneId: "Asia/Shanghai" });
  const page = await context.newPage();
  page.setDefaultTimeout(Number(process.env.PATIENCE_MS ?? 30_000));
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(error.message));
  if (name !== null) await signIn(page, name);
  return page;
}

export async function signIn(page, name) {
  await page.goto(`${stage.address}/console/login`);
  await page.getByLabel("用户名").fill(name);
  await page.locator("input[type=password]").fill(stage.password);
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => !window.location.pathname.endsWith("/login"));
}

export function assert(holds, what) {
  if (!holds) throw new Error(what);
}

export function equal(found, wanted, what) {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) {
    throw new Error(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
  }
}

/** An address of the console with what the stage has put in: `/sessions/{session}`. */
export function filled(path) {
  return path.replace(/\{(\w+)\}/g, (_, name) => {
    assert(stage.places[name], `the stage has no ${name}`);
    return stage.places[name];
  });
}

export function personOf(role) {
  return Object.keys(stage.people).find((name) => stage.people[name] === role) ?? null;
}
