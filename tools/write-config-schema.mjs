// Writes relay.schema.json, the JSON Schema of relay.yaml, from the zod schema; with --check it only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const { relayConfigSchema } = require(path.join(root, 'dist/libs/config/src/index.js'));
const { z } = require('zod');

const file = path.join(root, 'relay.schema.json');
const schema = z.toJSONSchema(relayConfigSchema, { io: 'input', unrepresentable: 'any' });
const text = `${JSON.stringify(schema, null, 2)}\n`;

if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== text) {
    console.error('relay.schema.json is out of date; run: npm run generate');
    process.exit(1);
  }
} else writeFileSync(file, text);
