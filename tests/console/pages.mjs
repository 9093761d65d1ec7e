// Every page of shots.json in its roles: it comes up without errors, and axe finds nothing serious. With OUT: pictures.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assert, AXE, filled, personOf, stage, window_, withBrowser } from "./browser.mjs";

const SIZES = [{ width: 1366, height: 768 }, { width: 1920, height: 1080 }];
const MOST_PX = 2400;
const GRAVE = new Set(["serious", "critical"]);
const shots = JSON.parse(process.env.SHOTS);
const out = process.env.OUT;

async function open(page, shot) {
  await page.goto(`${stage.address}/console${filled(shot.path)}`);
  if (shot.wait) await page.waitForSelector(shot.wait);
  for (const one of shot.click ?? []) await page.locator(one).first().click();
  for (const one of shot.press ?? []) await page.keyboard.press(one);
  if (shot.then) await page.waitForSelector(shot.then);
  await page.waitForLoadState("networkidle").catch(() => undefined);
  await page.waitForTimeout(600);
}

/** Makes the window as high as what is in it, so that a picture shows all of the page. */
async function unroll(page, size) {
  const height = await page.evaluate(() => document.querySelector(".content")?.scrollHeight ?? 0);
  await page.setViewportSize({ width: size.width, height: Math.min(MOST_PX, Math.max(size.height, height)) });
  await page.waitForTimeout(600);
}

async function audit(page, name) {
  await page.evaluate(readFileSync(AXE, "utf8"));
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return violations
    .filter((one) => GRAVE.has(one.impact))
    .map((one) => `${name}: ${one.id} (${one.impact}) ${one.help}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
}

const faults = [];
await withBrowser(async (browser) => {
  const byRole = Map.groupBy ? Map.groupBy(shots, (one) => one.role) : new Map();
  if (!Map.groupBy) for (const one of shots) byRole.set(one.role, [...(byRole.get(one.role) ?? []), one]);
  for (const [role, group] of byRole) {
    for (const size of out ? SIZES : SIZES.slice(0, 1)) {
      const name = role === "anybody" ? null : personOf(role);
      assert(role === "anybody" || name, `the stage has nobody who is ${role}`);
      const page = await window_(browser, name, size);
      for (const shot of group) {
        try {
          await open(page, shot);
          if (shot.full) await unroll(page, size);
          if (out) {
            const path = join(out, `${shot.name}-${size.width}.png`);
            await page.screenshot({ path });
          } else {
            faults.push(...(await audit(page, shot.name)));
          }
        } catch (error) {
          faults.push(`${shot.name}: ${error.message.split("\n")[0]}`);
        }
        if (shot.full) await page.setViewportSize(size);
        faults.push(...page.faults.splice(0).map((one) => `${shot.name}: ${one}`));
      }
      await page.context().close();
    }
  }
});
for (const one of faults) console.error(one);
process.exitCode = faults.length ? 1 : 0;
