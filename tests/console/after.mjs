// After the decision: a branch appeals with evidence, another person judges, the dashboard's counts move; a rule set is
// changed and approved by a second person; a customer comes in by a link that works once.
import { assert, equal, signIn, stage, window_, withBrowser } from "./browser.mjs";

const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const SECOND = "郑合规";

async function call(page, method, path, body) {
  return page.evaluate(
    async ([method, path, body]) => {
      const me = await (await fetch("/v1/me")).json();
      const headers = { "Content-Type": "application/json", "X-CSRF-Token": me.csrf };
      const answer = await fetch(path, { method, headers, body: body === null ? undefined : JSON.stringify(body) });
      return { status: answer.status, body: answer.status === 204 ? null : await answer.json() };
    },
    [method, path, body ?? null],
  );
}

/** What the detailed table of the dashboard says of a measure: hits and of. */
async function counted(page, name) {
  await page.goto(`${stage.address}/console/dashboards`);
  const row = page.locator("tr", { hasText: name }).filter({ has: page.locator("td") }).last();
  await row.waitFor();
  const cells = await row.locator("td").allInnerTexts();
  return cells.slice(-2).map((one) => Number(/^[\d,]+/.exec(one.trim())[0].replace(/,/g, ""))); // then who hears the page is told more
}

async function decideFirst(page, review) {
  const claimed = await call(page, "POST", `/v1/reviews/${review}/claim`, {});
  equal(claimed.status, 200, "claimed");
  const findings = claimed.body.findings.map((one) => ({ item: one.item, product_index: one.product_index, decision: "confirm", reason: "heard" }));
  const body = { version: claimed.body.review.version, findings, outcome: "整改", seconds_spent: 60 };
  equal((await call(page, "POST", `/v1/reviews/${review}/decide`, body)).status, 200, "decided");
}

async function appealAndJudge(browser) {
  const policy = "P20261100871"; // of the branch that appeals
  const review = stage.reviews[policy];
  const reviewer = await window_(browser, "赵敏");
  await decideFirst(reviewer, review);
  const office = await window_(browser, "李合规");
  const before = await counted(office, "申诉成立率");
  const changedBefore = await counted(office, "终审改判率");

  const branch = await window_(browser, "西安机构");
  await branch.goto(`${stage.address}/console/branch?policy=${policy}`);
  await branch.locator(".branch-finding").first().waitFor();
  equal(await branch.locator("video, audio").count(), 0, "the branch has no media");
  await branch.getByRole("button", { name: /^申\s?诉$/ }).click();
  await branch.locator(".branch-about input").first().click();
  await branch.locator(".branch-about input:checked").first().waitFor();
  await branch.getByLabel("申诉理由").fill("客户当场听清了，录像 1 分 13 秒处点头。");
  await branch.locator(".ant-modal input[type=file]").setInputFiles({ name: "签名页.png", mimeType: "image/png", buffer: PICTURE });
  await branch.getByRole("button", { name: "提交申诉" }).click();
  await branch.getByText("等待终审").waitFor();
  await branch.locator(".appeal-files img").first().waitFor();
  equal((await call(branch, "GET", `/v1/reviews/${review}`)).status, 403, "the branch sees no review");

  const same = await call(reviewer, "POST", `/v1/reviews/${review}/final`, {});
  equal(same.status, 403, "a reviewer judges nothing finally");

  const chief = await window_(browser, "孙悦");
  await chief.goto(`${stage.address}/console/appeals`);
  await chief.getByRole("link", { name: policy }).click();
  await chief.getByText("客户当场听清了").waitFor();
  await chief.locator(".appeal-files img").first().waitFor();
  const rows = chief.locator(".judgement-finding");
  for (let at = 0; at < (await rows.count()); at += 1) {
    const row = rows.nth(at);
    await row.getByText("推翻", { exact: true }).click();
    await row.locator(".ant-select").click();
    await row.locator(".ant-select-open").waitFor();
    await chief.keyboard.press("Enter"); // the first reason
    await row.locator(".ant-select-selection-item", { hasText: "识别有误" }).waitFor();
  }
  await chief.locator(".judgement-end").getByText("成立", { exact: true }).click();
  await chief.locator(".judgement-end").getByText("合格", { exact: true }).click();
  await chief.getByLabel("终审说明（机构可见）").fill("复听原声，客户听清了。");
  await chief.getByRole("button", { name: "作出终审" }).click();
  await chief.getByText("终审已作出").waitFor();

  const after = await counted(office, "申诉成立率");
  equal([after[0] - before[0], after[1] - before[1]], [1, 1], "appeals upheld on the dashboard");
  const changed = await counted(office, "终审改判率");
  equal([changed[0] - changedBefore[0], changed[1] - changedBefore[1]], [1, 1], "changed on the dashboard");
  await office.locator("tr", { hasText: "申诉成立率" }).locator("a").first().click();
  await office.getByRole("link", { name: policy }).waitFor();

  await branch.reload();
  await branch.getByText("申诉成立").waitFor();
  await branch.getByText("复听原声，客户听清了。").first().waitFor();
  for (const page of [reviewer, office, branch, chief]) equal(page.faults, [], "errors of the page");
  for (const page of [reviewer, branch, chief]) await page.context().close();
  return office;
}

async function changeRules(browser, office) {
  await office.goto(`${stage.address}/console/rulesets/telesales?tab=edit`);
  await office.getByRole("button", { name: "修改（建草稿）" }).click();
  await office.getByLabel("修改说明").fill("试改标题");
  await office.locator(".ant-modal .ant-btn-primary").click();
  await office.waitForURL(/version=\d+/);
  await office.getByRole("button", { name: "保存草稿" }).waitFor(); // the draft itself has come
  const editor = office.locator(".rules-frame .cm-content").first();
  await office.getByText("校验通过").waitFor();
  await editor.click();
  await office.keyboard.press("Control+Home");
  await office.keyboard.type("colour: red\n");
  await office.getByText(/\d+ 处错误/).waitFor();
  await office.locator(".cm-lint-marker-error").first().waitFor();
  await office.locator(".rules-faults button").first().click();
  for (let key = 0; key < 2; key += 1) await office.keyboard.press("Control+z");
  await office.keyboard.press("Control+Home");
  await office.keyboard.type("# 试改\n");
  await office.getByText("校验通过").waitFor();
  await office.getByText(/个示例全部符合/).waitFor();
  await office.keyboard.press("Control+s");
  await office.getByText("草稿已保存").waitFor();
  await office.getByRole("button", { name: "提交发布" }).click();
  await office.locator(".ant-modal-confirm .ant-btn-primary").click();
  await office.getByText("已提交，等待另一人批准").first().waitFor();
  assert(await office.getByRole("button", { name: "批准发布" }).isDisabled(), "nobody approves their own proposal");

  const second = await window_(browser, SECOND);
  const place = new URL(office.url());
  await second.goto(`${stage.address}/console/rulesets/telesales?version=${place.searchParams.get("version")}&tab=history`);
  await second.locator(".rules-diff .plus", { hasText: "# 试改" }).waitFor();
  await second.getByRole("button", { name: "批准发布" }).click();
  await second.locator(".ant-modal-confirm .ant-btn-primary").click();
  await second.getByText("已发布，从现在起用于新的质检").waitFor();
  const known = await call(second, "GET", "/v1/rulesets");
  equal(known.body.items.find((one) => one.id === "telesales").source, "published", "in force");
  equal([...office.faults, ...second.faults], [], "errors of the page");
  await second.context().close();
}

async function letCustomerIn(browser, office) {
  await office.goto(`${stage.address}/console/customer-links?policy=P20261100866`);
  await office.getByRole("button", { name: /^选\s?择$/ }).click();
  await office.getByRole("button", { name: "开链接" }).click();
  const link = await office.locator("#customer-link").inputValue();
  assert(link.startsWith(`${stage.address}/my#`), "a link to the customers' page");

  const customer = await window_(browser, null);
  await customer.goto(link);
  await customer.locator(".my-lines li").first().waitFor();
  assert(!customer.url().includes("#"), "the secret does not stay in the address");
  await customer.waitForFunction(() => document.querySelector("video")?.readyState >= 1);
  await customer.evaluate(() => document.querySelector("video").play());
  await customer.waitForFunction(() => document.querySelector("video").currentTime > 0.2);
  const text = await customer.locator(".my-lines").innerText();
  assert(!/\d{17}[\dX]|1\d{10}/.test(text), "numbers are hidden");
  const waiting = customer.waitForEvent("download");
  await customer.getByRole("button", { name: /下载我的记录/ }).click();
  assert((await waiting).suggestedFilename().endsWith(".zip"), "the record is downloaded");
  await customer.getByRole("button", { name: "结束查看" }).click();
  equal(customer.faults, [], "errors of the page");

  await customer.goto("about:blank");
  await customer.goto(link);
  await customer.getByRole("alert").waitFor();
  await signIn(customer, "周审计");
  const log = await call(customer, "GET", "/v1/audit?limit=200");
  const actions = log.body.items.map((one) => one.action);
  for (const wanted of ["customer.link", "customer.login", "customer.view", "media.view", "customer.export"]) {
    assert(actions.includes(wanted), `${wanted} is in the audit log`);
  }
}

await withBrowser(async (browser) => {
  const office = await appealAndJudge(browser);
  await changeRules(browser, office);
  await letCustomerIn(browser, office);
});
