import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { LinearArtifact } from '@relay/prompt';
import type { Trainer } from '../trainer';
import { complexityAnchors } from './complexity-anchors';
import { trainComplexity } from './train-complexity';
import { trainTask } from './train-task';
import { readTrainingRows } from './training-rows';

/** This file runs from dist/bench/training/classifier. */
const WEIGHTS = path.resolve(__dirname, '../../../../libs/prompt/src/classify/weights');
const SEED = 1;

export const classifier: Trainer = {
  summary: 'task and complexity of a prompt, from our own corpus and public data (--data DIR)',
  async run(args, say) {
    const { values } = parseArgs({ args: [...args], options: { data: { type: 'string' } }, strict: true });
    if (!values.data) throw new Error('classifier needs --data DIR, the folder of the data sets');
    const rows = await readTrainingRows(values.data, SEED);
    say(`${rows.training.length} prompts with a task, ${rows.rated.length} with a known share of failures`);
    write('task', trainTask(rows.training, SEED), say);
    write('complexity', trainComplexity([...rows.rated, ...complexityAnchors(rows.training, SEED)], SEED), say);
  },
};

function write(name: string, artifact: LinearArtifact, say: (line: string) => void): void {
  const file = path.join(WEIGHTS, `${name}.json.gz`);
  const bytes = gzipSync(JSON.stringify(artifact), { level: 9 });
  mkdirSync(WEIGHTS, { recursive: true });
  writeFileSync(file, bytes);
  say(`${path.relative(process.cwd(), file)}: ${bytes.length} bytes, digest ${artifact.digest.slice(0, 12)}`);
}
