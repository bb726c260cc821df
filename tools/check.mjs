// `npm run check`: every gate that is not a test, all of them run, failures listed at the end.
import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { performance } from 'node:perf_hooks';

/** By its path: what `tsc` means in node_modules/.bin, where two packages have one, is npm's choice. */
const TSC = 'node node_modules/@typescript/native/bin/tsc --singleThreaded'; // with threads 1.3 times the CPU
const PATH = [path.resolve('node_modules/.bin'), process.env.PATH].join(path.delimiter); // npx costs a second each

/** Begun in this order: the longest first, so that none is left alone at the end. */
const GATES = [
  ['lint', 'oxlint'],
  ['types', `${TSC} -p .`],
  ['import rules', 'depcruise --config .dependency-cruiser.cjs --output-type err apps libs bench admin-ui/src'],
  ['dead code', 'knip'],
  ['types of the console', `${TSC} -p admin-ui`],
  ['format', 'oxfmt --check .'],
  ['openapi.json in sync', 'node dist/apps/admin/src/write-openapi.js --check'],
  ['relay.schema.json in sync', 'node tools/write-config-schema.mjs --check'],
  ["console's client in sync", 'node tools/write-console-client.mjs --check'],
];
/** At the same time: each uses one core, and the largest about 2 GB. */
const AT_ONCE = 2;

const only = process.argv[2];
const waiting = GATES.filter(([name]) => !only || name.includes(only));
const failed = [];
await Promise.all(Array.from({ length: AT_ONCE }, work));
if (failed.length > 0) {
  console.log(`failed: ${failed.join(', ')}`);
  process.exit(1);
}

async function work() {
  for (let gate = waiting.shift(); gate; gate = waiting.shift()) {
    const [name, command] = gate;
    const started = performance.now();
    const { passed, output } = await run(command);
    console.log(
      `${passed ? 'ok  ' : 'FAIL'} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)\n${output}`.trimEnd(),
    );
    if (!passed) failed.push(name);
  }
}

/** What it prints is kept together, since others print meanwhile. */
function run(command) {
  return new Promise((resolve) => {
    const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, PATH } });
    const output = [];
    child.stdout.on('data', (bytes) => output.push(bytes));
    child.stderr.on('data', (bytes) => output.push(bytes));
    child.on('close', (status) => resolve({ passed: status === 0, output: Buffer.concat(output).toString() }));
  });
}
