// Runs the audits of GraphQL over HTTP against the URL that is given, and prints one line for each that does not pass.
import { serverAudits } from 'graphql-http';

const results = await Promise.all(serverAudits({ url: process.argv[2] }).map(async audit => ({ audit, result: await audit.fn() })));
for (const { audit, result } of results.filter(({ result }) => result.status !== 'ok')) {
  console.log(`${result.status} ${audit.id} ${audit.name}: ${result.reason}`);
}
console.log(`${results.filter(({ result }) => result.status === 'ok').length} of ${results.length} passed`);
