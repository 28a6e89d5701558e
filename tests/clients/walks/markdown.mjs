// What a text may become: never more than it should, and never for long.
import assert from "node:assert/strict";
import { isAccessible } from "../browser.mjs";

const formatted = [
  "# Plan", "Two *ways*, **one** `answer`:", "```js\nalert('<b>no markup</b>');\n```", "| way | cost |\n|---|---:|\n| short | 1 |",
  "- first\n- [safe](https://example.org/a)\n- [unsafe](javascript:alert(1))", "> quoted", "<img src=x onerror=alert(1)>", "…",
].join("\n\n");

/** A text, and what it is shown as. */
const cases = [
  ["[a](javascript:alert(1))", "<p><span>a</span></p>"],
  ["[a](JaVaScRiPt:alert(1))", "<p><span>a</span></p>"],
  ["[a](&#106;avascript:alert(1))", "<p><span>a</span></p>"],
  ["[a](data:text/html,x)", "<p><span>a</span></p>"],
  ["[a](vbscript:x)", "<p><span>a</span></p>"],
  ["[a](//example.org)", "<p><span>a</span></p>"],
  ["![a](https://example.org/a.png)", '<p><a href="https://example.org/a.png" target="_blank" rel="noopener noreferrer">a</a></p>'],
  ["[*a*](https://example.org/?b=\"c)", '<p><a href="https://example.org/?b=&quot;c" target="_blank" rel="noopener noreferrer"><em>a</em></a></p>'],
  ["<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"],
  ["<b onclick=alert(1)>a</b> &amp;", "<p>&lt;b onclick=alert(1)&gt;a&lt;/b&gt; &amp;amp;</p>"],
  ["> a\n> > b", "<blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote>"],
  ["- a\n  - b\n- c", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"],
  ["3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'],
  ["```html\n<i>a</i>", "<pre>&lt;i&gt;a&lt;/i&gt;</pre>"],
  ["~~~\n```\n~~~", "<pre>```</pre>"],
  ["`<i>`", "<p><code>&lt;i&gt;</code></p>"],
  ["**a", "<p>**a</p>"],
  ["snake_case_name", "<p>snake_case_name</p>"],
  ["\\*a\\*", "<p>*a*</p>"],
  ["a | b\n--|:-:\nc | d\\|e", '<table><thead><tr><th>a</th><th class="centre">b</th></tr></thead><tbody><tr><td>c</td><td class="centre">d|e</td></tr></tbody></table>'],
];
const longest = 131_072;
const pieces = ["*a", "_a ", "**a", "[", "`a", "> a\n", "- a\n", "```\n", "\\\\", "http://"];
const longestTime = 10_000;

export const markdown = {
  async "shows Markdown, and nothing of it as markup"(ada) {
    await ada.ask(formatted);
    await ada.goesToTheEnd();
    await ada.answered();
    ada.formatted = ada.page.url();
    await ada.heard("The answer is complete.");
    const heard = await ada.page.locator("#spoken").textContent();
    assert.match(heard, /Two ways, one answer/);
    assert.doesNotMatch(heard, /\*\*|```|\]\(|\|/);
    const own = ada.page.locator(".message.user").last();
    assert.equal(await own.locator("h3").innerText(), "Plan");
    assert.equal(await own.locator("pre").innerText(), "alert('<b>no markup</b>');");
    assert.deepEqual(await own.locator("ul > li").allInnerTexts(), ["first", "safe", "unsafe"]);
    assert.deepEqual(await own.locator("table :is(th, td)").allInnerTexts(), ["way", "cost", "short", "1"]);
    assert.equal(await own.locator("blockquote").innerText(), "quoted");
    assert.deepEqual(await own.locator("a").evaluateAll((links) => links.map((link) => link.href)), ["https://example.org/a"]);
    assert.equal(await own.locator("img, script").count(), 0);
    // It says so for a moment only: whoever looks after the click may come too late.
    const copied = own.getByRole("button", { name: "Copied" });
    await Promise.all([copied.first().waitFor(), own.getByRole("button", { name: "Copy" }).first().click()]);
    await ada.heard("Copied");
    await copied.waitFor({ state: "detached" });
    assert.equal(await ada.page.evaluate(() => navigator.clipboard.readText()), "alert('<b>no markup</b>');");
    await ada.page.evaluate(() => (navigator.clipboard.writeText = () => Promise.reject(new Error("No."))));
    await Promise.all([own.getByRole("button", { name: "Not copied" }).waitFor(), ada.act(own, "Copy")]);
    await isAccessible(ada.page);
    await ada.shot("markdown");
  },

  async "bears with every text, and in time"(ada) {
    const { shown, slow } = await ada.page.evaluate(async ([texts, repeated, length, most]) => {
      const { renderMarkdown } = await import("/markdown.js");
      const render = (text) => {
        const place = document.createElement("div");
        renderMarkdown(place, text);
        // Of code, the text alone: its head is the page's.
        for (const code of place.querySelectorAll(".code")) code.replaceWith(Object.assign(document.createElement("pre"), { textContent: code.querySelector("pre").textContent }));
        for (const table of place.querySelectorAll(".table")) table.replaceWith(table.firstChild);
        return place.innerHTML;
      };
      const time = (text) => {
        const start = performance.now();
        render(text);
        return performance.now() - start;
      };
      return { shown: texts.map(render), slow: repeated.filter((piece) => time(piece.repeat(length / piece.length)) > most) };
    }, [cases.map(([text]) => text), ada.size === "desktop" ? pieces : [], longest, longestTime]);
    assert.deepEqual(shown, cases.map(([, html]) => html));
    assert.deepEqual(slow, []);
  },
};
