// Reads the page of the REST routes in Chromium, and sends a request from it: node docs.mjs <address>
import assert from "node:assert/strict";
import { browse } from "./browser.mjs";

const [address] = process.argv.slice(2);
await browse(async (browser) => {
  const page = await browser.newPage({ viewport: { width: 1300, height: 900 } });
  // A busy machine is slow to do all of it.
  page.setDefaultTimeout(90_000);
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (line) => /Content Security Policy/.test(line.text()) && faults.push(line.text()));
  page.on("request", (request) => /^(data|blob):|^$/.test(request.url()) || request.url().startsWith(address) || faults.push(request.url()));
  await page.goto(new URL("/docs/", address).href);
  await page.getByRole("heading", { name: "Chat Service" }).first().waitFor();
  await page.getByText("A user by name.").first().click();
  if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
  const answered = page.waitForResponse((response) => /\/users\/ada$/.test(response.url()));
  await page.getByRole("button", { name: /Test Request/ }).first().click();
  await page.getByRole("button", { name: /^Send/ }).first().click();
  assert.equal((await answered).status(), 404);
  if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT.replace(".png", "-sent.png") });
  assert.deepEqual(faults, []);
});
