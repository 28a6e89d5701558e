// Runs a client of docs/clients.md through a line that breaks: node documented.mjs <address> <token> <completion> <page> <heading>
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import WebSocket from 'ws';

const [address, token, id, page, heading] = process.argv.slice(2);
globalThis.WebSocket ??= WebSocket;

const chapters = (await readFile(page, 'utf8')).split('\n## ');
// Where packages are found, and git does not look; a folder each, since they run beside each other.
const folder = new URL(`node_modules/.documented/${heading.split(' ')[0]}/`, import.meta.url);
await mkdir(folder, { recursive: true });
for (const [name, file] of [['resume.js', 'resume.js'], [heading, 'follow.mjs']]) {
  const [, code] = chapters.find((chapter) => chapter.startsWith(name)).match(/```js\n(.*?)```/s);
  await writeFile(new URL(file, folder), code);
}
const { follow } = await import(new URL('follow.mjs', folder).href);

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

const url = `http://127.0.0.1:${proxy.address().port}/graphql`;
const { resume } = await import(new URL('resume.js', folder).href);
const refused = await follow({ url, token, id: 'cpl_404404', onText: () => {} }).catch((error) => error.extensions?.code);
const ended = await follow({ url, token: 'chat_1_nobody', id, onText: () => {} }).catch((error) => error.extensions?.code);
opened = 0;

// An error that passes, in mid-answer: the next stream goes on behind it.
const said = [];
const passed = await resume(id, (text) => said.push(text), async ({ after }, next) => {
  if (after === 0) {
    next({ data: { completionEvents: { content: 'so ', offset: 3 } } });
    return next({ errors: [{ extensions: { code: 'STORAGE_UNAVAILABLE' } }] });
  }
  next({ data: { completionEvents: { content: 'far', offset: after + 3 } } });
  next({ data: { completionEvents: { completion: { message: { content: 'so far' } } } } });
});

const pieces = [];
const completion = await follow({
  url,
  token,
  id,
  onText(text) {
    pieces.push(text);
    if (pieces.length === 1 || pieces.length === 3) for (const line of lines) line.destroy();
    console.log('piece');
  },
});
console.log(JSON.stringify({ refused, ended, passed: passed.message.content === said.join(''), status: completion.status, isWhole: pieces.join('') === completion.message.content, pieces: pieces.length, lines: opened }));
process.exit();
