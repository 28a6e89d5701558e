// Runs a client of docs/clients.md through a line that breaks: node documented.mjs <address> <token> <completion> <page> <heading>
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';

const [address, token, id, page, heading] = process.argv.slice(2);
globalThis.WebSocket ??= WebSocket;

const chapter = (await readFile(page, 'utf8')).split('\n## ').find((part) => part.startsWith(heading));
const [, code] = chapter.match(/```js\n(.*?)```/s);
// Where packages are found, and git does not look.
const folder = new URL('node_modules/.documented/', import.meta.url);
await mkdir(folder, { recursive: true });
const file = new URL(`${heading.split(' ')[0]}.mjs`, folder);
await writeFile(file, code);
const { follow } = await import(file.href);

const lines = new Set();
let opened = 0;
const proxy = createServer((near) => {
  opened++;
  const far = connect(Number(new URL(address).port), new URL(address).hostname);
  for (const [from, to] of [[near, far], [far, near]]) {
    lines.add(from);
    from.on('error', () => {}).on('close', () => to.destroy()).pipe(to);
  }
});
await new Promise((listening) => proxy.listen(0, '127.0.0.1', listening));

const pieces = [];
const completion = await follow({
  url: `http://127.0.0.1:${proxy.address().port}/graphql`,
  token,
  id,
  onText(text) {
    pieces.push(text);
    if (pieces.length === 1 || pieces.length === 3) for (const line of lines) line.destroy();
    console.log('piece');
  },
});
console.log(JSON.stringify({ status: completion.status, isWhole: pieces.join('') === completion.message.content, pieces: pieces.length, lines: opened }));
process.exit();
