// Nothing that was filled in is lost: network cut, page reloaded, log-in ended, two windows, two people.
import { assert, equal, signIn, stage, window_, withBrowser } from "./browser.mjs";

const [, , , policy, second] = Object.keys(stage.sessions);
const at = (name) => `${stage.address}/console/sessions/${stage.sessions[name]}?review=${stage.reviews[name]}`;
const saving = (page, state) => page.waitForSelector(`[data-saving=${state}]`);
const note = (page) => page.getByLabel("结论说明（可不填）");

await withBrowser(async (browser) => {
  const page = await window_(browser, "赵敏");
  await page.goto(at(policy));
  await page.waitForSelector(".finding");
  await page.keyboard.press("c");
  await page.waitForSelector(".call");

  // The network is cut while somebody decides and writes.
  await page.context().setOffline(true);
  await page.getByText("网络断开").waitFor();
  await page.keyboard.press("1");
  await page.keyboard.press("1");
  await note(page).fill("断网时写的");
  await saving(page, "offline");
  await page.context().setOffline(false);
  await saving(page, "saved");
  await page.reload();
  await page.waitForSelector(".finding.open .call-confirm.chosen");
  equal(await note(page).inputValue(), "断网时写的", "the note after the network was away");

  // The log-in ends while somebody works: a window asks for it, and saving goes on.
  await page.context().clearCookies();
  await note(page).fill("登录过期时写的");
  await page.getByText("登录已过期").waitFor();
  await page.locator(".ant-modal input[type=password]").fill(stage.password);
  await page.keyboard.press("Enter");
  await saving(page, "saved");
  await page.getByText("登录已过期").waitFor({ state: "hidden" });
  equal(await note(page).inputValue(), "登录过期时写的", "the note over a log-in that ended");

  // The same person at two windows: neither writes over the other unasked.
  const twin = await page.context().newPage();
  await twin.goto(at(policy));
  await twin.waitForSelector(".finding.open .call-confirm.chosen");
  await note(page).fill("第一个窗口");
  await page.waitForFunction(() => document.querySelector("[data-saving=saved]"));
  await page.waitForTimeout(1200);
  await saving(page, "saved");
  await note(twin).fill("第二个窗口");
  await twin.getByText("较新的草稿").waitFor();
  await twin.getByRole("button", { name: "用那边的" }).click();
  equal(await note(twin).inputValue(), "第一个窗口", "the other window's draft");
  await twin.close();

  // Two people: the second is told who has it, and what the first decides stands.
  const other = await window_(browser, "钱进");
  await other.goto(at(second));
  await other.waitForSelector(".finding");
  await page.goto(at(second));
  await page.waitForSelector(".finding");
  await page.keyboard.press("c");
  await page.waitForSelector(".call");
  await other.keyboard.press("c");
  await other.locator(".ant-message-error").first().waitFor();
  equal(await other.locator(".call").count(), 0, "what the second can decide");

  // Signing out leaves nothing of it behind.
  await page.locator(".rail-foot button").last().click();
  await page.getByText("退出登录").click();
  await page.waitForURL(/\/login/);
  await signIn(page, "钱进");
  await page.waitForSelector(".q-row");
  assert(!(await page.content()).includes("第一个窗口"), "another person's words");
  equal(page.faults, [], "errors of the page");
});
