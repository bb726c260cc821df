// `npm run check`: every gate that is not a test, all of them run, failures listed at the end.
import { spawnSync } from 'node:child_process';

const GATES = [
  ['types', 'npx tsc -p .'],
  ['types of the console', 'npx tsc -p admin-ui'],
  ['lint', 'npx eslint . --max-warnings 0'],
  ['format', 'npx prettier --check --log-level warn .'],
  ['import rules', 'npx depcruise --config .dependency-cruiser.cjs --output-type err apps libs bench admin-ui/src'],
  ['dead code', 'npx knip'],
  ['openapi.json in sync', 'node dist/apps/admin/src/write-openapi.js --check'],
  ['relay.schema.json in sync', 'node tools/write-config-schema.mjs --check'],
];

const only = process.argv[2];
const failed = [];
for (const [name, command] of GATES) {
  if (only && !name.includes(only)) continue;
  const started = Date.now();
  const { status } = spawnSync(command, { shell: true, stdio: 'inherit' });
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  if (status !== 0) failed.push(name);
}
if (failed.length > 0) {
  console.log(`failed: ${failed.join(', ')}`);
  process.exit(1);
}
