import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { QualityModel } from '@relay/prompt';
import { z } from 'zod';
import { readRows } from '../../data/jsonl';
import type { Trainer } from '../trainer';
import { crossValidate } from './cross-validate';
import { trainQuality } from './train-quality';

/** Below this a model learns the rows by heart and little else. */
const MIN_ROWS = 50;

const rowSchema = z.strictObject({
  prompt: z.string().min(1),
  scores: z
    .record(z.string().min(1).max(200), z.number().min(0).max(1))
    .refine((scores) => Object.keys(scores).length > 0, 'no model was evaluated'),
});

export const quality: Trainer = {
  summary: 'expected quality per model from the text of a prompt: --data EVALUATIONS.jsonl[.gz] --out quality.json',
  async run(args, say) {
    const { data, out } = optionsOf(args);
    const rows = await readRows(data, rowSchema);
    if (rows.length < MIN_ROWS) throw new Error(`${data}: ${rows.length} rows; at least ${MIN_ROWS} are needed`);
    const { chosen, bestSingle, oracle } = crossValidate(rows);
    const share = (value: number): string => value.toFixed(3);
    say(
      `${rows.length} prompts; mean score of the chosen model, cross-validated: ${share(chosen)} (best single ${share(bestSingle)}, oracle ${share(oracle)})`,
    );
    if (chosen <= bestSingle)
      say('no better than always the best model: more or other rows are needed before it is used');
    const json = JSON.stringify(trainQuality(rows));
    const model = QualityModel.parse(json); // as the relay will
    if (!model.ok) throw new Error(`the artifact cannot be used: ${model.error}`);
    await writeFile(out, `${json}\n`);
    say(
      `${out}: ${model.value.models.length} models, ${(json.length / 1_000).toFixed(0)} kB, digest ${model.value.digest.slice(0, 12)}`,
    );
  },
};

function optionsOf(args: readonly string[]): { data: string; out: string } {
  const { values } = parseArgs({ args: [...args], options: { data: { type: 'string' }, out: { type: 'string' } } });
  if (!values.data || !values.out) throw new Error('quality needs --data FILE.jsonl[.gz] and --out FILE.json');
  return { data: values.data, out: values.out };
}
