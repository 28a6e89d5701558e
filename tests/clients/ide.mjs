// Works in the IDE as a person does, in Chromium: signs in by a header, runs a query, a mutation and a subscription.
// Prints what the IDE showed, and every address outside the service that it reached.
import { chromium } from 'playwright-core';

// A busy machine is slow to do all of it.
const patience = 90_000;
const [address, token, conversation] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync',
  ],
});
try {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  page.setDefaultTimeout(patience);
  const elsewhere = [];
  page.on('request', request => {
    if (/^https?:/.test(request.url()) && !request.url().startsWith(address)) elsewhere.push(request.url());
  });
  await page.goto(new URL('/graphql', address).href);
  await page.getByText('Create Document').click();
  await page.getByText('Schema available').waitFor();
  await page.getByText('HTTP Headers').click();
  await page.getByPlaceholder('Name').first().fill('Authorization');
  await page.getByPlaceholder('Value').first().fill(`Bearer ${token}`);

  const me = await run('query Me { me { username } }', /"username": "(\w+)"/);
  const completion = await run(
    `mutation Start { startCompletion(input: { conversationId: "${conversation}", content: "What is new?" }) { completion { id } } }`,
    /"id": "(cpl_\d+)"/);
  const status = await run(
    `subscription Events { completionEvents(id: "${completion}") { ... on CompletionFinished { completion { status } } } }`,
    /"status": "(\w+)"/);
  if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
  console.log(JSON.stringify({ username: me, completion, status, elsewhere }));

  /** Types an operation, runs it, and waits until the response shows what is looked for. */
  async function run(operation, wanted) {
    const editors = page.locator('.monaco-editor[role=code]');
    await editors.first().click();
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText(operation);
    // The IDE runs what it has found in the text, which takes it a moment: until then that is the operation before.
    const [, kind, name] = operation.match(/^(\w)\w* (\w+)/);
    await page.getByText(new RegExp(`^${name}: ${kind}`, 'i')).first().waitFor();
    await page.getByRole('button', { name: 'Run' }).first().click();
    const response = editors.last().locator('.view-lines');
    const shown = async () => (await response.innerText()).replaceAll('\u00a0', ' ');
    for (const end = Date.now() + patience; Date.now() < end; await page.waitForTimeout(100)) {
      const found = (await shown()).match(wanted);
      if (found) return found[1];
    }
    throw new Error(`${operation} showed ${await shown()}`);
  }
} finally {
  await browser.close();
}
