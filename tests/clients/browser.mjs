import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const args = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

export async function browse(work) {
  const browser = await chromium.launch({ executablePath, args });
  try {
    await work(browser);
  } finally {
    await browser.close();
  }
}

/** Runs one walk and says that it passed; a screenshot shows what was there when it did not. */
export async function check(name, visitor, walk) {
  try {
    await walk();
    await fits(visitor.page);
    assert.deepEqual(visitor.faults, []);
    console.log(`passed: ${name}`);
  } catch (error) {
    await visitor.shot("failed");
    console.error(`failed: ${name} at ${visitor.page.url()}`, visitor.faults);
    throw error;
  }
}

/** No violation that axe-core knows of, on the page as it is now, or in a part of it. */
export async function isAccessible(page, part = "html") {
  await isStill(page);
  // By the debugger, since the page's policy lets no foreign script in.
  await page.evaluate(axe);
  const { violations } = await page.evaluate((within) => globalThis.axe.run(within), part);
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`), []);
}

/** Nothing that can be seen reaches over the page's right edge, or over that of what it stands in. */
export async function fits(page) {
  const over = await page.evaluate(() => Array.from(document.body.querySelectorAll("*"))
    .filter((node) => node.checkVisibility({ visibilityProperty: true }) && node.getBoundingClientRect().right > innerWidth + 0.5 && !node.closest(".code, .table"))
    .map((node) => node.outerHTML.slice(0, 200)));
  assert.deepEqual(over, []);
  assert.deepEqual(await page.locator(".box-foot, header, .actions, .account").evaluateAll((rows) => rows.filter((row) => row.scrollWidth > row.clientWidth).map((row) => row.outerHTML)), []);
}

/** The contrast of what a selector finds to what it stands on, by its border. */
export function contrastOfEdge(page, selector) {
  return page.locator(selector).evaluate((node) => {
    const luminance = (colour) => {
      const [red, green, blue] = colour.match(/[\d.]+/g).map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    let ground = node.parentNode;
    while (getComputedStyle(ground).backgroundColor === "rgba(0, 0, 0, 0)") ground = ground.parentNode;
    const [low, high] = [getComputedStyle(node).borderTopColor, getComputedStyle(ground).backgroundColor].map(luminance).sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  });
}

/** Colours in the middle of fading are not the page's. */
export function isStill(page) {
  return page.waitForFunction(() => document.getAnimations().every((animation) => animation.effect.getTiming().iterations === Infinity));
}
