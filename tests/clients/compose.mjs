// Prints a YAML file as JSON: node compose.mjs <file>
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

console.log(JSON.stringify(parse(await readFile(process.argv[2], 'utf8'), { merge: true })));
