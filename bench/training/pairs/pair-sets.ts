import path from 'node:path';
import { guardPair } from '@relay/cache';
import type { z } from 'zod';
import { readRows } from '../../data/jsonl';
import { nearestPrompts, type Near } from '../../offline/semantic/nearest';
import { intentRelation, pairRelation, type Relation } from '../../offline/semantic/relations';
import { intentSchema, pairSchema, spread } from '../../offline/semantic/streams';
import { seededRandom } from '../random';

/** As in the product: nearest entries that guards look at. */
const MAX_NEIGHBOURS = 5;
/** Share of the prompts that are stored; the others only ask. */
const STORED_SHARE = 0.6;
/** Of a data set, as `bench -- semantic` takes them. */
const PROMPTS = 6_000;
/** Of QQP so many rows are passed over for each that is taken: more would take long to embed. */
const STRIDE = 4;

/** A prompt and the stored ones near it that no guard objects to, nearest first; never none. */
export interface Asked {
  readonly text: string;
  readonly near: readonly { readonly text: string; readonly cosine: number; readonly correct: boolean }[];
}

export interface PairSet {
  readonly name: string;
  readonly heldOut: boolean;
  readonly prompts: number;
  readonly asked: readonly Asked[];
}

interface Prompts {
  readonly name: string;
  readonly heldOut: boolean;
  readonly texts: readonly string[];
  readonly relation: Relation;
}

/**
 * To train on: half of the intents of Banking77 and CLINC150, and rows of QQP of which no text is in the sample that `bench -- semantic` takes.
 * Held out: the other intents, that sample, and all of PAWS.
 */
export async function readPairSets(
  data: string,
  embed: (texts: readonly string[]) => Promise<Float32Array[]>,
): Promise<PairSet[]> {
  const file = (name: string): string => path.join(data, 'semantic', `${name}.jsonl.gz`);
  const [banking, clinc, qqp, paws] = await Promise.all([
    readRows(file('banking77'), intentSchema),
    readRows(file('clinc150'), intentSchema),
    readRows(file('qqp'), pairSchema),
    readRows(file('paws'), pairSchema),
  ]);
  const tested = spread(qqp, PROMPTS / 2);
  const known = new Set(tested.flatMap(({ a, b }) => [a, b]));
  const others = qqp.filter((row, i) => i % STRIDE === 0 && !known.has(row.a) && !known.has(row.b));
  const sets = [
    ...[false, true].flatMap((heldOut) => [
      byIntent('Banking77', spread(banking, PROMPTS), heldOut),
      byIntent('CLINC150', spread(clinc, PROMPTS), heldOut),
      byPair('QQP', heldOut ? tested : others, heldOut),
    ]),
    byPair('PAWS', paws, true),
  ];
  const read: PairSet[] = [];
  for (const set of sets) read.push(toPairSet(set, await embed(set.texts)));
  return read;
}

/** Every other intent by name; what is out of scope, every other one. */
function byIntent(name: string, rows: readonly { text: string; intent: string }[], heldOut: boolean): Prompts {
  const intents = [...new Set(rows.map(({ intent }) => intent))].sort();
  const halfOf = (intent: string, row: number): number => (intent === 'oos' ? row : intents.indexOf(intent)) % 2;
  const half = new Map(
    rows.filter(({ intent }, row) => (halfOf(intent, row) === 1) === heldOut).map(({ text, intent }) => [text, intent]),
  );
  return { name, heldOut, texts: [...half.keys()], relation: intentRelation([...half.values()]) };
}

function byPair(name: string, rows: readonly z.infer<typeof pairSchema>[], heldOut: boolean): Prompts {
  const texts = [...new Set(rows.flatMap(({ a, b }) => [a, b]))];
  return { name, heldOut, texts, relation: pairRelation(texts, rows, 'left out') };
}

function toPairSet({ name, heldOut, texts, relation }: Prompts, vectors: readonly Float32Array[]): PairSet {
  const random = seededRandom(1);
  const stored = texts.map(() => random() < STORED_SHARE);
  const nearOf = (near: readonly Near[], text: string, one: number): Asked['near'] =>
    near
      .filter(({ index }) => stored[index])
      .slice(0, MAX_NEIGHBOURS)
      .map(({ index, similarity }) => ({
        text: texts[index] ?? '',
        cosine: similarity,
        correct: relation(one, index) === true,
      }))
      .filter((each) => guardPair(text, each.text).length === 0);
  const nearest = nearestPrompts(vectors, relation);
  const asked = texts.map((text, i): Asked => ({ text, near: nearOf(nearest[i] ?? [], text, i) }));
  return { name, heldOut, prompts: texts.length, asked: asked.filter(({ near }) => near.length > 0) };
}
