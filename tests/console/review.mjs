// A reviewer's work from signing in to submitting, by keyboard; a second browser sees who has it.
import { assert, equal, stage, window_, withBrowser } from "./browser.mjs";

const [policy] = Object.keys(stage.sessions);
/** Which of the findings is open, by its number in the list. */
const place = () => [...document.querySelectorAll(".findings-list > div[role=group] .finding")].findIndex((one) => one.classList.contains("open"));

await withBrowser(async (browser) => {
  const page = await window_(browser, "赵敏");
  const other = await window_(browser, "钱进");

  // The queue: what is due first stands first, and it can be found.
  await page.waitForSelector(".q-row[data-review]");
  const left = await page.$$eval(".q-rows .q-left", (cells) => cells.map((one) => one.textContent));
  assert(left[0].startsWith("超期"), `what is overdue comes first: ${left}`);
  await page.getByLabel("按保单号查找").fill(policy);
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelectorAll(".q-row[data-review]").length === 1);

  // Claimed by key; the other browser sees by whom.
  await page.locator(".q-scroll").focus();
  await page.keyboard.press("c");
  await page.waitForSelector(".finding.open");
  await other.waitForSelector(`[data-review="${stage.reviews[policy]}"] [data-lease="赵敏"]`);
  await other.goto(`${stage.address}/console/sessions/${stage.sessions[policy]}?review=${stage.reviews[policy]}`);
  await other.locator(".desk-head", { hasText: "赵敏 正在复核" }).waitFor();
  equal(await other.locator(".call").count(), 0, "nobody else can decide");

  // Play to a finding: picture and line stand where it was said.
  await page.waitForSelector(".waves");
  await page.keyboard.press("j");
  await page.waitForSelector("[data-finding=dr_exclusion].open");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => {
    const video = document.querySelector("video");
    return video && !video.paused && video.currentTime > 72.2;
  });
  await page.locator(".line.active", { hasText: "责任免除" }).waitFor();
  const apart = await page.evaluate(() => {
    const video = document.querySelector("video");
    const head = new DOMMatrix(getComputedStyle(document.querySelector(".playhead")).transform).m41;
    const width = document.querySelector(".timeline-inner").clientWidth;
    return Math.abs((head / width) * video.duration - video.currentTime);
  });
  assert(apart < 0.2, `picture and time line are ${apart} s apart`);
  await page.keyboard.press(" ");

  // A corrected speaker changes the verdict at once, and can be taken back.
  await page.locator(".line", { hasText: "这个我不太清楚" }).locator(".line-time").click();
  await page.waitForFunction(() => document.querySelector(".line.active")?.textContent.includes("不太清楚"));
  await page.locator(".lines").focus();
  await page.keyboard.press("s");
  await page.waitForSelector(".voice-choice");
  await page.keyboard.press("1");
  await page.locator(".told", { hasText: "不符 →" }).last().waitFor();
  await page.waitForFunction(() => document.querySelector("[data-finding=dr_exclusion]")?.textContent.includes("待核"));
  await page.locator(".voice-choice").first().waitFor({ state: "hidden" }); // keys are the dialogue's until it has gone
  await page.locator("button[aria-label=撤销]:enabled").waitFor();
  await page.keyboard.press("z");
  await page.waitForFunction(() => document.querySelector("[data-finding=dr_exclusion]")?.textContent.includes("不符"));

  // Every finding decided by keyboard, the way back included.
  const first = page.locator(".findings-list > div[role=group] .finding").first();
  for (let i = 0; i < 12; i += 1) await page.keyboard.press("k");
  await page.keyboard.press("2");
  await first.getByText("误判").first().waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("z");
  await page.waitForFunction(() => !document.querySelector(".finding.open .call.chosen"));
  const count = await page.locator(".findings-list > div[role=group] .finding").count();
  for (let i = 0; i < count; i += 1) {
    await page.keyboard.press("1");
    await page.waitForSelector(".finding.open .call-confirm.chosen");
    await page.keyboard.press("1");
    await page.waitForSelector(".finding.open .reason.chosen");
    const decided = await page.evaluate(place);
    await page.keyboard.press("j");
    if (i + 1 < count) await page.waitForFunction(`(${place})() !== ${decided}`);
  }
  await page.locator(".findings", { hasText: "已全部判定" }).waitFor();

  // It cannot pass while a grave finding is confirmed; rectified it is.
  await page.keyboard.press("o");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Control+Enter");
  await page.getByText("结论不能是合格").first().waitFor();
  await page.locator("[data-outcome=整改]").click();
  await page.keyboard.press("Control+Enter");
  await page.getByText("已提交").waitFor();
  await page.getByRole("button", { name: /回到待办/ }).click();
  await page.waitForSelector(".q-row");

  equal(page.faults, [], "errors of the page");
  equal(other.faults, [], "errors of the other page");
});
