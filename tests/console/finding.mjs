// Views that go with one's account, reviews put on somebody's list, what was said found and opened there, a hold placed.
import { assert, equal, stage, window_, withBrowser } from "./browser.mjs";

const policies = Object.keys(stage.sessions);
const waiting = policies.at(-1);
const held = policies.at(-2);

await withBrowser(async (browser) => {
  // A view is kept with the account: another browser of the same person has it.
  const page = await window_(browser, "钱进");
  await page.getByRole("button", { name: /^已超期/ }).click();
  await page.getByRole("button", { name: "视图" }).click();
  await page.getByText("保存为视图").click();
  await page.getByLabel("视图名称").fill("先看超期的");
  await page.locator(".ant-modal-confirm .ant-btn-primary").click();
  await page.getByText("已保存视图").waitFor();
  const elsewhere = await window_(browser, "钱进");
  await elsewhere.getByRole("button", { name: "视图" }).click();
  await elsewhere.getByText("先看超期的").click();
  await elsewhere.waitForURL(/due=overdue/);
  const stranger = await window_(browser, "赵敏");
  await stranger.getByRole("button", { name: "视图" }).click();
  await stranger.getByText("还没有保存的视图").waitFor();

  // Who assigns chooses among the people who review; who reviews knows their names alone.
  const chief = await window_(browser, "孙悦");
  await chief.getByLabel("按保单号查找").fill(waiting);
  await chief.keyboard.press("Enter");
  await chief.waitForFunction(() => document.querySelectorAll(".q-row[data-review]").length === 1);
  await chief.locator(".q-row[data-review] input").check();
  await chief.locator(".q-assign .ant-select").click();
  await chief.locator(".ant-select-item-option", { hasText: "钱进" }).click();
  await chief.getByText("已分派 1 项").waitFor();
  await chief.locator(`[data-review="${stage.reviews[waiting]}"] .q-who`, { hasText: "钱进" }).waitFor();
  const known = await stranger.evaluate(async () => (await (await fetch("/v1/reviews/reviewers")).json()).items);
  assert(known.length >= 3 && known.every((one) => one.name && one.claimed === null && one.role === null), "names and no more");

  // What was said is found, and opened where it was said.
  await stranger.goto(`${stage.address}/console/search`);
  await stranger.getByLabel(/^说过的话/).fill("不太清楚");
  await stranger.keyboard.press("Enter");
  const line = stranger.locator(".said-line").first();
  await line.locator("mark", { hasText: "不太清楚" }).waitFor();
  await line.click();
  await stranger.waitForURL(/\/sessions\/\w+\?t=/);
  const at = Number(new URL(stranger.url()).searchParams.get("t"));
  await stranger.waitForFunction((at) => {
    const video = document.querySelector("video");
    return video && video.readyState >= 1 && Math.abs(video.currentTime - at) < 0.5;
  }, at);
  await stranger.locator(".line", { hasText: "这个我不太清楚" }).waitFor();

  // A session is held for a complaint, and says what stands against removing it.
  const office = await window_(browser, "李合规");
  await office.goto(`${stage.address}/console/keeping?tab=policy`);
  await office.getByLabel("保单号").fill(held);
  await office.keyboard.press("Enter");
  await office.getByRole("button", { name: /^查\s?看$/ }).click();
  await office.getByText("现在不能删除").waitFor();
  assert(await office.getByRole("button", { name: "申请删除" }).isDisabled(), "nothing goes before its time");
  await office.getByRole("button", { name: /^封\s?存$/ }).click();
  await office.locator(".ant-modal-confirm textarea").fill("投诉 2026-12");
  await office.locator(".ant-modal-confirm .ant-btn-primary").click();
  await office.locator("td", { hasText: "投诉 2026-12" }).waitFor();
  await office.getByRole("tab", { name: "封存" }).click();
  await office.locator("tr", { hasText: held }).waitFor();
  for (const one of [page, elsewhere, stranger, chief, office]) equal(one.faults, [], "errors of the page");
});
