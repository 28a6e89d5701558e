// Compiles the operations in relay/ against the published schema, then runs what the compiler made of the queries and of
// the mutation that creates; prints the names of all operations and what came back.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'graphql';
import compiler from 'relay-compiler';
import { address, token } from './conversation.mjs';

const [schema] = process.argv.slice(4);
const folder = await mkdtemp(join(tmpdir(), 'relay-'));
try {
  await cp('relay', join(folder, 'src'), { recursive: true });
  await mkdir(join(folder, 'artifacts'));
  await cp(schema, join(folder, 'schema.graphql'));
  await writeFile(join(folder, 'relay.config.json'), JSON.stringify({
    src: 'src',
    schema: 'schema.graphql',
    language: 'javascript',
    artifactDirectory: 'artifacts',
    persistConfig: { file: 'persisted.json' },
  }));
  await writeFile(join(folder, 'persisted.json'), '{}');
  await promisify(execFile)(compiler, ['relay.config.json'], { cwd: folder });
  const texts = Object.values(JSON.parse(await readFile(join(folder, 'persisted.json'), 'utf8')));
  const operations = Object.fromEntries(texts.map(text => [nameOf(text), text]));
  const { conversation } = (await run(operations.ConversationsCreateMutation, { input: { title: 'launch' }, connections: [] })).createConversation;
  const { id } = (await run('{ me { id } }')).me;
  const answers = {
    ConversationsQuery: await run(operations.ConversationsQuery, { id: conversation.id }),
    ConversationsListQuery: await run(operations.ConversationsListQuery, { id, first: 1, after: null }),
    ConversationsItemQuery: await run(operations.ConversationsItemQuery, { id: conversation.id }),
    ConversationsMessagesQuery: await run(operations.ConversationsMessagesQuery, { id: conversation.id, last: 5, before: null }),
  };
  console.log(JSON.stringify({
    operations: Object.keys(operations).sort(),
    types: Object.fromEntries(Object.entries(answers).map(([name, data]) => [name, data.node.__typename])),
    titles: answers.ConversationsListQuery.node.conversations.edges.map(edge => edge.node.title),
  }));
} finally {
  await rm(folder, { recursive: true });
}

function nameOf(text) {
  return parse(text).definitions.find(definition => definition.kind === 'OperationDefinition').name.value;
}

async function run(query, variables) {
  const response = await fetch(new URL('/graphql', address), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}
