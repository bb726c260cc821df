import { readdirSync } from 'node:fs';
import path from 'node:path';
import { TASKS, type Task } from '@relay/contracts';
import { seededRandom } from '../random';
import { expand, type Slots } from './expand';
import { ofUser, type Labelled } from './labelled';
import { readSections, type Entry } from './sections';

export const CORPUS = path.resolve(__dirname, '../corpus');
/** Prompts of one task in one language: from templates, and from cues. English has the most material. */
const COUNTS = { en: { templates: 900, cues: 1_200 }, other: { templates: 220, cues: 240 } };
const MAX_CUES = 4; // in one prompt
/** Share of prompts that get a friendly beginning, a wish at the end, a system prompt that says nothing, or careless typing. */
const PREFIXED = 0.15;
const SUFFIXED = 0.12;
const WITH_SYSTEM = 0.12;
const CARELESS = 0.25;
/** Tasks that are done to a text, which the prompt often holds. */
const ON_A_TEXT: ReadonlySet<Task> = new Set([
  'extraction',
  'classification',
  'summarisation',
  'translation',
  'rewriting',
]);

/**
 * Prompts made of our own templates, cues and values, the same for the same seed. `texts`: more English values for slots, so that
 * no model learns the few texts that are here by heart.
 */
export function readCorpus(seed: number, texts: Slots): Labelled[] {
  const random = seededRandom(seed);
  const languages = readdirSync(path.join(CORPUS, 'templates')).map((file) => path.basename(file, '.txt'));
  return languages.sort().flatMap((language) => {
    const slots = slotsOf(language, texts);
    const counts = language === 'en' ? COUNTS.en : COUNTS.other;
    const templates = readSections(path.join(CORPUS, 'templates', `${language}.txt`));
    const cues = readSections(path.join(CORPUS, 'cues', `${language}.txt`));
    return TASKS.flatMap((task) => [
      ...repeat(ofTask(templates, task), counts.templates, (one) => promptOf(one, task, slots, random)),
      ...repeat(ofTask(cues, task), counts.cues, (one) => cuePromptOf(one.split(', '), task, slots, random)),
    ]);
  });
}

/** Words that go with a task, of all languages. */
export function readCues(task: Task): string[] {
  const files = readdirSync(path.join(CORPUS, 'cues'));
  const lines = files.flatMap((file) => ofTask(readSections(path.join(CORPUS, 'cues', file)), task));
  return [...new Set(lines.flatMap((line) => line.split(', ')))];
}

function ofTask(entries: readonly Entry[], task: Task): string[] {
  const own = entries.filter(({ section }) => section === task || section === `${task} system`);
  if (own.length === 0) throw new Error(`corpus: nothing for ${task}`);
  return own.map(({ text }) => text);
}

const repeat = <T>(values: readonly string[], count: number, make: (value: string) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(values[i % values.length] ?? ''));

/** Values of a language; what it does not have is taken from English: code, numbers, formulas. */
export function slotsOf(language: string, texts: Slots): Slots {
  const slots = new Map<string, string[]>();
  for (const from of new Set([language, 'en'])) {
    const known = new Set(slots.keys());
    for (const { section, text } of readSections(path.join(CORPUS, 'slots', `${from}.txt`)))
      if (!known.has(section)) slots.set(section, [...(slots.get(section) ?? []), text]);
  }
  if (language === 'en') for (const [slot, values] of texts) slots.set(slot, [...(slots.get(slot) ?? []), ...values]);
  return slots;
}

function promptOf(template: string, task: Task, slots: Slots, random: () => number): Labelled {
  const [system, user] = template.includes(' >>> ') ? template.split(' >>> ') : ['', template];
  const role = system || (random() < WITH_SYSTEM ? '{system}' : '');
  const before = random() < PREFIXED ? '{prefix}' : '';
  const after = random() < SUFFIXED ? '{suffix}' : '';
  const text = expand(`${before}${user ?? ''}${after}`, slots, random);
  const typed = random() < CARELESS ? text.toLowerCase().replace(/[.!?]+$/, '') : text;
  return { text: ofUser(typed, expand(role, slots, random)), task, complexity: null, source: 'corpus' };
}

/** A prompt that is hardly more than a few cues: words that go with a task, in whatever phrase they come. */
function cuePromptOf(cues: readonly string[], task: Task, slots: Slots, random: () => number): Labelled {
  const chosen = Array.from({ length: 1 + Math.floor(random() * MAX_CUES) }, () => pick(cues, random)).join(' ');
  const places = ['{cues}\n\n{passage}', '{cues}: {shorttext}', '{passage}\n\n{cues}', '"{shorttext}" {cues}'];
  const template = ON_A_TEXT.has(task) && random() < 0.5 ? pick(places, random) : '{cues}';
  const text = expand(template, new Map([...slots, ['cues', [chosen]]]), random);
  return { text: ofUser(text), task, complexity: null, source: 'corpus' };
}

const pick = (values: readonly string[], random: () => number): string =>
  values[Math.floor(random() * values.length)] ?? '';
