// The chat page in Chromium, from registering to signing out: node chat.mjs <address> <desktop|phone> <folder for screenshots>
// Whoever runs it is the model, too: the answer to a question that trails off says a first piece, then one for each "go on" that is printed.
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { browse, check } from "./browser.mjs";
import { Visitor } from "./visitor.mjs";
import { account } from "./walks/account.mjs";
import { answers } from "./walks/answers.mjs";
import { finding } from "./walks/finding.mjs";
import { french } from "./walks/french.mjs";
import { keeping } from "./walks/keeping.mjs";
import { keyboard } from "./walks/keyboard.mjs";
import { markdown } from "./walks/markdown.mjs";

const [address, size, folder] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
// What is there afterwards was seen this time.
for (const shot of await readdir(folder)) if (shot.startsWith(`${size}-`)) await rm(join(folder, shot));

await browse(async (browser) => {
  for (const [locale, walks] of [["en-GB", { ...answers, ...markdown, ...finding, ...keeping, ...account, ...(size === "desktop" && keyboard) }], ["fr-FR", french]]) {
    const visitor = await Visitor.arrive(browser, { address, folder, size, locale });
    for (const [name, walk] of Object.entries(walks)) await check(name, visitor, () => walk(visitor));
    await visitor.leave();
  }
});
