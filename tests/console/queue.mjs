// A queue of ten thousand: how soon a filter is shown, how smoothly it scrolls, how soon its end is there.
import { assert, equal, stage, window_, withBrowser } from "./browser.mjs";

const COUNT = Number(process.env.COUNT);
const FILTER_MS = Number(process.env.FILTER_MS ?? 1000);
const FRAME_MS = Number(process.env.FRAME_MS ?? 50);
const END_MS = Number(process.env.END_MS ?? 15_000);
const FRAMES = 240;
const STEP_PX = 130;

/** Clicks in the page and waits, frame by frame, until rows of the new question stand there. */
async function filtered(page, name) {
  return page.evaluate(async (name) => {
    const chip = [...document.querySelectorAll(".q-chip")].find((one) => one.textContent.startsWith(name));
    const table = document.querySelector(".q-table");
    const from = performance.now();
    let asked = false;
    chip.click();
    for (;;) {
      await new Promise(requestAnimationFrame);
      const busy = table.getAttribute("aria-busy") === "true";
      asked ||= busy;
      if (asked && !busy && table.querySelector(".q-row[data-review]")) return Math.round(performance.now() - from);
      if (performance.now() - from > 20_000) return Infinity;
    }
  }, name);
}

/** Scrolls a little with every frame, as a wheel does; gives how long frames took, and how often rows were lacking. */
async function scrolled(page, step) {
  return page.evaluate(
    async ([frames, step]) => {
      const box = document.querySelector(".q-scroll");
      const spans = [];
      let lacking = 0;
      let last = await new Promise(requestAnimationFrame);
      for (let n = 0; n < frames; n += 1) {
        box.scrollTop += step;
        const now = await new Promise(requestAnimationFrame);
        spans.push(now - last);
        last = now;
        if (document.querySelector(".q-row-waiting")) lacking += 1;
      }
      spans.sort((a, b) => a - b);
      return { longest: Math.round(spans.at(-1)), median: Math.round(spans[frames >> 1]), p95: Math.round(spans[Math.floor(frames * 0.95)]), lacking, to: box.scrollTop };
    },
    [FRAMES, step],
  );
}

await withBrowser(async (browser) => {
  const page = await window_(browser, "赵敏");
  await page.waitForSelector(".q-row[data-review]");
  await page.waitForFunction((count) => document.querySelector(".q-foot").textContent.replaceAll(",", "").includes(String(count)), COUNT);
  const begun = Date.now();
  await page.reload();
  await page.waitForSelector(".q-row[data-review]");
  const shown = Date.now() - begun;

  const filters = [];
  for (const name of ["已超期", "今日到期", "全部待办"]) filters.push(await filtered(page, name));
  const still = await scrolled(page, 0);
  const wheel = await scrolled(page, STEP_PX);
  const flung = await scrolled(page, 8 * STEP_PX);

  const ended = await page.evaluate(async () => {
    const box = document.querySelector(".q-scroll");
    const from = performance.now();
    while (performance.now() - from < 60_000) {
      box.scrollTop = box.scrollHeight;
      await new Promise(requestAnimationFrame);
      if (document.querySelector(".q-foot").textContent.startsWith("共") && !document.querySelector(".q-row-waiting")) break;
    }
    return Math.round(performance.now() - from);
  });
  const rows = await page.locator(".q-row").count();
  const atEnd = await scrolled(page, -STEP_PX);
  const refiltered = [await filtered(page, "已超期"), await filtered(page, "全部待办")];
  console.log(JSON.stringify({ shown, filters, still, wheel, flung, ended, rows, atEnd, refiltered }));
  equal(page.faults, [], "errors of the page");
  assert(rows < 80, `${rows} rows are in the page`);
  assert(Math.max(...filters, ...refiltered) < FILTER_MS, `a filter is shown after ${[...filters, ...refiltered]} ms`);
  // A machine that is busy with other things loses frames while nothing happens, too.
  for (const one of [wheel, atEnd]) assert(one.p95 - still.p95 < FRAME_MS, `a frame in twenty takes ${one.p95} ms, ${still.p95} when nothing moves`);
  assert(ended < END_MS, `the end is there after ${ended} ms`);
});
