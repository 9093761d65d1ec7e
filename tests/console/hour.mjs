// A session of an hour: how soon one can work, how soon it plays elsewhere, whether picture and line stand together.
import { assert, equal, stage, window_, withBrowser } from "./browser.mjs";

const READY_MS = Number(process.env.READY_MS ?? 2000);
const SEEK_MS = Number(process.env.SEEK_MS ?? 300);
const APART_S = 0.1;

await withBrowser(async (browser) => {
  const page = await window_(browser, "赵敏");
  const address = `${stage.address}/console/sessions/${stage.places.session}?review=${stage.places.review}`;
  // The second time, as on every day but the first: files are kept by the browser, the waveform by the server.
  await page.goto(address);
  await page.waitForSelector(".waves", { timeout: 180_000 });
  const begun = Date.now();
  await page.goto(address);
  await page.waitForSelector(".finding-head");
  await page.waitForFunction(() => document.querySelectorAll(".line").length > 900);
  const ready = Date.now() - begun;
  await page.waitForSelector(".waves");
  const drawn = Date.now() - begun;
  await page.waitForFunction(() => document.querySelector("video").readyState >= 2);

  const seeks = [];
  for (const share of [0.9, 0.2, 0.995]) {
    const ms = await page.evaluate(async (at) => {
      const video = document.querySelector("video");
      const inner = document.querySelector(".timeline-inner").getBoundingClientRect();
      const done = new Promise((resolve) => video.addEventListener("seeked", resolve, { once: true }));
      const from = performance.now();
      const place = { clientX: inner.left + inner.width * at, clientY: inner.top + 60, button: 0, pointerId: 1, bubbles: true };
      document.querySelector(".lane.ruler").dispatchEvent(new PointerEvent("pointerdown", place));
      document.querySelector(".lane.ruler").dispatchEvent(new PointerEvent("pointerup", place));
      await done;
      return performance.now() - from;
    }, share);
    seeks.push(Math.round(ms));
  }
  await page.keyboard.press(" ");
  await page.waitForTimeout(2500);
  const apart = await page.evaluate(() => {
    const video = document.querySelector("video");
    const head = new DOMMatrix(getComputedStyle(document.querySelector(".playhead")).transform).m41;
    const { width } = document.querySelector(".waves").getBoundingClientRect();
    return Math.abs((head / width) * video.duration - video.currentTime);
  });
  const lines = await page.locator(".line").count();
  console.log(JSON.stringify({ ready, drawn, seeks, apart: Number(apart.toFixed(3)), lines }));
  equal(page.faults, [], "errors of the page");
  assert(ready < READY_MS, `one can work after ${ready} ms`);
  assert(Math.max(...seeks) < SEEK_MS, `it plays elsewhere after ${seeks} ms`);
  assert(apart < APART_S, `picture and line are ${apart} s apart`);
});
