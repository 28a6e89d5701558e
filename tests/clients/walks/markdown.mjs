// What a text may become: never more than it should, and never for long.
import assert from "node:assert/strict";
import { isAccessible } from "../browser.mjs";

const formatted = [
  "# Plan", "Two *ways*, **one** `answer`:", "```js\nalert('<b>no markup</b>');\n```", "| way | cost |\n|---|---:|\n| short | 1 |",
  "- first\n- [safe](https://example.org/a)\n- [unsafe](javascript:alert(1))", "> quoted", "<img src=x onerror=alert(1)>", "#### Details", "…",
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
  ["1. **a**\n- b\n- c\n2. d", '<ol start="1"><li><strong>a</strong></li></ol><ul><li>b</li><li>c</li></ul><ol start="2"><li>d</li></ol>'],
  ["- a\n- b\n\n1. c\n   - d\n2. e", '<ul><li>a</li><li>b</li></ul><ol start="1"><li>c<ul><li>d</li></ul></li><li>e</li></ol>'],
  ["3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'],
  ["1. a:\n\n   ```\n   b\n\n\n   c\n   ```\n\n2. d", '<ol start="1"><li>a:<pre>b\n\n\nc</pre></li><li>d</li></ol>'],
  ["- ```\n  a\n\n\n  b\n  ```\n- c\n\nd", "<ul><li><pre>a\n\n\nb</pre></li><li>c</li></ul><p>d</p>"],
  ["```html\n<i>a</i>", "<pre>&lt;i&gt;a&lt;/i&gt;</pre>"],
  ["~~~\n```\n~~~", "<pre>```</pre>"],
  ["```a``` b\nc", "<p><code>a</code> b\nc</p>"],
  ["# a ##", "<h3>a</h3>"],
  ["# C#", "<h3>C#</h3>"],
  ["## a\n#### b\n### c\n# d\n## e", '<h4 aria-level="3">a</h4><h6 aria-level="4">b</h6><h5 aria-level="4">c</h5><h3>d</h3><h4>e</h4>'],
  ["- - -\n***\n- -", "<hr><hr><ul><li>-</li></ul>"],
  ["***a*** **b**", "<p><strong><em>a</em></strong> <strong>b</strong></p>"],
  ["**a *b***", "<p><strong>a <em>b</em></strong></p>"],
  ["**a*** b", "<p><strong>a</strong>* b</p>"],
  ["** a **", "<p>** a **</p>"],
  ["**/*.js and **/*.ts", "<p>**/*.js and **/*.ts</p>"],
  ["**2 * 3** *4 * 5*", "<p><strong>2 * 3</strong> <em>4 * 5</em></p>"],
  ["*a **b** c* *d **e***", "<p><em>a <strong>b</strong> c</em> <em>d <strong>e</strong></em></p>"],
  ["[https://example.org/a](https://example.org/b)", '<p><a href="https://example.org/b" target="_blank" rel="noopener noreferrer">https://example.org/a</a></p>'],
  ["https://example.org/a(b c", '<p><a href="https://example.org/a(b" target="_blank" rel="noopener noreferrer">https://example.org/a(b</a> c</p>'],
  ["(https://example.org/a_(b))", '<p>(<a href="https://example.org/a_(b)" target="_blank" rel="noopener noreferrer">https://example.org/a_(b)</a>)</p>'],
  ["`<i>`", "<p><code>&lt;i&gt;</code></p>"],
  ["Let `x` and `y` be ``a`b`` or ` `", "<p>Let <code>x</code> and <code>y</code> be <code>a`b</code> or <code> </code></p>"],
  ["**a", "<p>**a</p>"],
  ["snake_case_name", "<p>snake_case_name</p>"],
  ["\\*a\\*", "<p>*a*</p>"],
  ["a | b\n--|:-:\nc | d\\|e", '<table><thead><tr><th>a</th><th class="centre">b</th></tr></thead><tbody><tr><td>c</td><td class="centre">d|e</td></tr></tbody></table>'],
];
const longest = 131_072;
/** What makes a long text by being repeated, and what may stand around it. */
const pieces = [
  ["*a"], ["_a "], ["**a"], ["***"], ["["], ["`a"], ["`"], ["`a` "], ["``a` "], ["` ", "", "``"], ["> a\n"], ["- a\n"], ["1. a\n- a\n"], ["- a\n  ```\n\n"], ["```\n"], ["\\\\"], ["http://"], ["http://a("], ["http://(a)"],
  ["*a*"], ["_a_"], ["a* ", "*a "], ["*a **b "], ["**a *b "], ["(.)", "http://"], ["(a(", "http://"], ["http://("],
  [" ", "# a", "b"], [" ", "- a", "\u2028b"], ["\u2028", "# ", "a\u2028b"], ["#", "# a ", "b"], [" ", "- -", "b"], ["- ", "", "b"],
  [" ", "a|b\n-", "b"], ["|-", "a|b\n", "b"], ["|", "", "\n-|-\n"], ["\n|", "|a".repeat(1_000) + "\n" + "-|".repeat(1_000)], ["|a", "", "\n-|-" + "\n|".repeat(40_000)],
];
const longestTime = 10_000;

/** Keeps what a button says from now on: news stands there for a moment only, and whoever looks after the click may come too late. */
const watchLabel = (button) => button.evaluate((node) => {
  globalThis.said = [];
  const keep = () => globalThis.said.push({ words: node.textContent, width: node.lastChild.clientWidth, height: node.parentNode.offsetHeight });
  new MutationObserver(keep).observe(node, { childList: true, subtree: true, characterData: true });
});

/** Waits until it has said so, and what it says otherwise again; both as they were seen. */
async function saidAgain({ page }, words) {
  await page.waitForFunction((news) => globalThis.said.length > 1 && globalThis.said[0].words.startsWith(news) && globalThis.said.at(-1).words === "Copy", words);
  return page.evaluate(() => globalThis.said);
}

/** The items of a list that is being written behind which the mark of that stands. */
async function markedItems(text) {
  const [{ renderMarkdown }, { element }] = await Promise.all([import("/markdown.js"), import("/dom.js")]);
  const prose = element("div", { className: "prose" });
  const message = element("li", { className: "message running" }, prose);
  document.getElementById("messages").append(message);
  renderMarkdown(prose, text);
  const found = [...prose.querySelectorAll("*")].filter((node) => getComputedStyle(node, "::after").content !== "none").map((node) => node.textContent);
  message.remove();
  return found;
}

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
    const copy = { name: "Copy" };
    await watchLabel(own.locator(".code").getByRole("button", copy));
    await own.locator(".code").getByRole("button", copy).click();
    await ada.heard("Copied");
    await saidAgain(ada, "Copied");
    assert.equal(await ada.page.evaluate(() => navigator.clipboard.readText()), "alert('<b>no markup</b>');");
    await ada.page.evaluate(() => (navigator.clipboard.writeText = () => Promise.reject(new Error("No."))));
    await watchLabel(own.locator(".actions").getByRole("button", copy));
    await ada.act(own, "Copy");
    await ada.heard("Not copied: the browser does not allow it");
    const [news, usual] = await saidAgain(ada, "Not copied");
    assert.ok(news.width > 100, "it is seen, too");
    assert.ok(news.height < usual.height + 4, "and hides no more of the next message");
    assert.deepEqual(await ada.page.evaluate(markedItems, "- a\n  - b\n- c\n  - d\n  - e"), ["e"]);
    await isAccessible(ada.page);
    await ada.shot("markdown");
  },

  async "bears with every text, and in time"(ada) {
    const { shown, grown, slow } = await ada.page.evaluate(async ([texts, repeated, length, most]) => {
      const { renderMarkdown } = await import("/markdown.js");
      const render = (text, pieces = [text]) => {
        const place = document.createElement("div");
        for (const piece of pieces) renderMarkdown(place, piece);
        // Of code, the text alone: its head is the page's.
        for (const code of place.querySelectorAll(".code")) code.replaceWith(Object.assign(document.createElement("pre"), { textContent: code.querySelector("pre").textContent }));
        for (const table of place.querySelectorAll(".table")) table.replaceWith(table.firstChild);
        const { innerHTML } = place;
        // That every block has a direction of its own is seen below.
        return innerHTML.replaceAll(' dir="auto"', "");
      };
      const time = (text) => {
        const start = performance.now();
        render(text);
        return performance.now() - start;
      };
      const grown = (text) => render(text, Array.from(text, (_, i) => text.slice(0, i + 1)));
      return { shown: texts.map((text) => render(text)), grown: texts.map(grown), slow: repeated.filter(([piece, before = "", after = ""]) => time(before + piece.repeat((length - before.length - after.length) / piece.length) + after) > most) };
    }, [cases.map(([text]) => text), ada.size === "desktop" ? pieces : [], longest, longestTime]);
    assert.deepEqual(shown, cases.map(([, html]) => html));
    assert.deepEqual(grown, shown, "piece by piece it becomes the same");
    assert.deepEqual(slow, []);
  },

  async "writes from right to left where the words are"(ada) {
    const texts = [
      ["שלום", "rtl", "right"], ["# שלום", "rtl", "right"], ["- שלום", "rtl", "right"], ["> שלום", "rtl", "right"], ["|שלום|\n|-|", "rtl", "right"],
      ["hello", "ltr", "left"], ["- hello", "ltr", "left"], ["```\nשלום", "ltr", "left"],
      // What stands deeper keeps the side of its block; a line of a paragraph has its own.
      ["שלום\nhello", "rtl", "left"], ["- שלום\n- hello", "rtl", "right"], ["> שלום\n>\n> hello", "rtl", "right"], [`|${"שלום ".repeat(40)}|\n|-|\n|hello|`, "rtl", "right"], ["- hello\n- שלום", "ltr", "left"],
      ["- שלום\n  ```\n  hello\n  ```", "rtl", "left"],
    ];
    const shown = await ada.page.evaluate(async (all) => {
      const [{ renderMarkdown }, { element }] = await Promise.all([import("/markdown.js"), import("/dom.js")]);
      return all.map((text) => {
        const prose = element("div", { className: "prose" });
        const message = element("li", { className: "message assistant" }, prose);
        // As in browsers that give a list's items the side of the list.
        message.style.textAlign = "left";
        document.getElementById("messages").append(message);
        renderMarkdown(prose, text);
        const words = document.createRange();
        words.selectNodeContents(prose);
        // The last line that has any width is that of the last words.
        const line = [...words.getClientRects()].filter(({ width }) => width > 0).at(-1);
        const box = prose.getBoundingClientRect();
        const found = [text, getComputedStyle(prose.firstChild).direction, line.left - box.left < box.right - line.right ? "left" : "right"];
        message.remove();
        return found;
      });
    }, texts.map(([text]) => text));
    assert.deepEqual(shown, texts);
    for (const id of ["title", "content", "new-content", "new-title"]) assert.equal(await ada.page.locator(`#${id}`).getAttribute("dir"), "auto");
    assert.equal(await ada.page.locator("#conversations .name:not([dir=auto])").count(), 0);
  },
};
