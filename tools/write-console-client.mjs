// Writes admin-ui/src/api/generated/schema.ts, the types of the console's client, from openapi.json. With --check it only tells whether the
// file was made from the openapi.json that is there, by the hash in its first line: then nothing needs to be installed.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const tool = path.join(root, 'tools/console-client');
const source = path.join(root, 'openapi.json');
const target = path.join(root, 'admin-ui/src/api/generated/schema.ts');

const hash = createHash('sha256').update(readFileSync(source)).digest('hex');
const firstLine = `// Made from openapi.json by "npm run generate"; sha256 ${hash}\n`;

if (process.argv.includes('--check')) {
  if (!existsSync(target) || !readFileSync(target, 'utf8').startsWith(firstLine)) {
    console.error('admin-ui/src/api/generated/schema.ts is not of this openapi.json; run: npm run generate');
    process.exit(1);
  }
} else {
  if (!existsSync(path.join(tool, 'node_modules/openapi-typescript')))
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: tool, stdio: 'inherit' });
  const cli = path.join(tool, 'node_modules/openapi-typescript/bin/cli.js');
  const types = execFileSync(process.execPath, [cli, source], { cwd: tool, encoding: 'utf8', maxBuffer: 67_108_864 });
  // Any JSON is described by a schema of itself, which the compiler takes for a circle.
  const anyJson = /(__schema\d+: )string \| number \| boolean \| \(null\) \| components[^{}]*\{[^{}]*\};/g;
  writeFileSync(target, firstLine + types.replace(anyJson, '$1unknown;'));
}
