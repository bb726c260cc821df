import path from 'node:path';
import { z } from 'zod';
import { readRows } from '../../data/jsonl';
import { intentRelation, pairRelation, type Pair, type Relation } from './relations';

/** Prompts in the order of the data set, each text once: what is asked again word for word is no matter of likeness. */
export interface Stream {
  readonly name: string;
  readonly prompts: readonly string[];
  readonly relation: Relation;
}

export const intentSchema = z.object({ text: z.string(), intent: z.string() });
export const pairSchema = z.object({ a: z.string(), b: z.string(), same: z.union([z.literal(0), z.literal(1)]) });

/** Streams of about `sample` prompts each. `data`: folder that holds `semantic/`. */
export async function readStreams(data: string, sample: number): Promise<Stream[]> {
  const file = (name: string): string => path.join(data, 'semantic', `${name}.jsonl.gz`);
  const [banking, clinc, qqp, paws] = await Promise.all([
    readRows(file('banking77'), intentSchema),
    readRows(file('clinc150'), intentSchema),
    readRows(file('qqp'), pairSchema),
    readRows(file('paws'), pairSchema),
  ]);
  return [
    intentStream('Banking77', spread(banking, sample)),
    intentStream('CLINC150', spread(clinc, sample)),
    pairStream('QQP', spread(qqp, sample / 2), 'left out'),
    pairStream('QQP, crowded', spread(qqp, sample / 2), 'different'),
    pairStream('PAWS', spread(paws, sample / 2), 'left out'),
  ];
}

function intentStream(name: string, rows: readonly { text: string; intent: string }[]): Stream {
  const intents = new Map(rows.map(({ text, intent }) => [text, intent]));
  const prompts = [...intents.keys()];
  return { name, prompts, relation: intentRelation([...intents.values()]) };
}

/** Of each pair first one side is asked, then the other. */
function pairStream(name: string, rows: readonly Pair[], unjudged: 'left out' | 'different'): Stream {
  const prompts = [...new Set(rows.flatMap(({ a, b }) => [a, b]))];
  return { name, prompts, relation: pairRelation(prompts, rows, unjudged) };
}

/** So many rows from everywhere in the file, in its order. */
export function spread<T>(rows: readonly T[], wanted: number): T[] {
  const count = Math.min(rows.length, Math.floor(wanted));
  return Array.from({ length: count }, (_, i) => rows[Math.floor((i * rows.length) / count)]).filter(
    (row) => row !== undefined,
  );
}
