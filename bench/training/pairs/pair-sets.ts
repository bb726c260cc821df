import path from 'node:path';
import { ALONE, chooseThreshold, labelOdds, MIN_JUDGED_SIMILARITY, pairFeatures, surroundingsOf } from '@relay/cache';
import { readRows } from '../../data/jsonl';
import { Entries, type Stored } from '../../offline/semantic/entries';
import { verified } from '../../offline/semantic/modes';
import { nearestPrompts } from '../../offline/semantic/nearest';
import { intentRelation, pairRelation, type Pair, type Relation } from '../../offline/semantic/relations';
import { remembered } from '../../offline/semantic/remembered';
import { intentSchema, pairSchema, spread } from '../../offline/semantic/streams';
import { seededRandom, shuffled } from '../random';

/** Of a data set, as `bench -- semantic` takes them. */
const PROMPTS = 6_000;
/** What surroundings are called, in the order in which they follow the features of the pair. */
export const SURROUNDINGS = Object.keys(ALONE) as (keyof typeof ALONE)[];

/** An answer that is stored near a prompt, by the entry with it that is most alike. */
export interface Option {
  /** Of the pair, then its surroundings; null: the same texts. */
  readonly features: readonly number[] | null;
  readonly cosine: number;
  readonly correct: boolean;
}

export interface PairSet {
  readonly name: string;
  readonly order: string;
  readonly heldOut: boolean;
  readonly prompts: number;
  /** Options of each prompt that has any, in the order in which they were asked. */
  readonly asked: readonly (readonly Option[])[];
}

interface Prompts {
  readonly name: string;
  readonly heldOut: boolean;
  readonly texts: readonly string[];
  readonly relation: Relation;
}

/**
 * To train on: half of the intents of Banking77 and CLINC150. Held out: the other intents, and all of QQP and PAWS. Each as a stream in the order
 * of the file and as one in another order: every prompt is asked once, nothing is served and everything is stored, judged as the score in force has it.
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
  const sets = [
    ...[false, true].flatMap((heldOut) => [
      byIntent('Banking77', spread(banking, PROMPTS), heldOut),
      byIntent('CLINC150', spread(clinc, PROMPTS), heldOut),
    ]),
    byPair('QQP', spread(qqp, PROMPTS / 2)),
    byPair('PAWS', paws),
  ];
  const read: PairSet[] = [];
  for (const set of sets) read.push(...toPairSets(set, await embed(set.texts)));
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

function byPair(name: string, rows: readonly Pair[]): Prompts {
  const texts = [...new Set(rows.flatMap(({ a, b }) => [a, b]))];
  return { name, heldOut: true, texts, relation: pairRelation(texts, rows, 'left out') };
}

function toPairSets({ name, heldOut, texts, relation }: Prompts, vectors: readonly Float32Array[]): PairSet[] {
  const served = { nearest: nearestPrompts(vectors, relation), relation, ...remembered(texts) };
  const orders = { 'as given': [...texts.keys()], shuffled: [...shuffled(texts.length, seededRandom(1))] };
  return Object.entries(orders).map(([order, prompts]) => {
    const asked = askedIn(prompts, texts, new Entries(served), relation);
    return { name, order, heldOut, prompts: texts.length, asked };
  });
}

function askedIn(order: readonly number[], texts: readonly string[], entries: Entries, relation: Relation): Option[][] {
  const random = seededRandom(1);
  const terms = verified(1);
  const state = chooseThreshold([], 1, 0);
  const asked: Option[][] = [];
  for (const prompt of order) {
    const near = entries.neighbourhood(prompt);
    const candidate = entries.candidateFor(prompt, terms);
    const isNear = candidate !== undefined && candidate.similarity >= MIN_JUDGED_SIMILARITY;
    const optionOf = (entry: Stored): Option => {
      const features = pairFeatures(texts[prompt] ?? '', texts[entry.index] ?? '', entry.similarity);
      const around = surroundingsOf(entry, near);
      return {
        features: features && [...features, ...SURROUNDINGS.map((field) => around[field])],
        cosine: entry.similarity,
        correct: relation(prompt, entry.index) === true,
      };
    };
    if (isNear) asked.push(entries.bestOfAnswers(prompt).map(optionOf));
    const judged = isNear && random() < labelOdds(terms, candidate, state);
    entries.store(prompt, judged ? entries.learn(prompt, candidate, terms) : prompt);
  }
  return asked;
}
