import { readdirSync } from 'node:fs';
import path from 'node:path';
import { TASKS, type Task } from '@relay/contracts';
import { seededRandom } from '../random';
import { expand, type Slots } from './expand';
import { ofUser, type Labelled } from './labelled';
import { readSections } from './sections';

const CORPUS = path.resolve(__dirname, '../corpus');
/** Prompts made of the templates of one task: English has the most templates. */
const ENGLISH_PROMPTS = 900;
const OTHER_PROMPTS = 220;
/** Share of prompts that get a friendly beginning, a wish at the end, a system prompt that says nothing, or careless typing. */
const PREFIXED = 0.15;
const SUFFIXED = 0.12;
const WITH_SYSTEM = 0.12;
const CARELESS = 0.25;

/** Prompts made of our own templates and values, the same for the same seed. */
export function readCorpus(seed: number): Labelled[] {
  const random = seededRandom(seed);
  const languages = readdirSync(path.join(CORPUS, 'templates')).map((file) => path.basename(file, '.txt'));
  return languages.sort().flatMap((language) => promptsOf(language, random));
}

function promptsOf(language: string, random: () => number): Labelled[] {
  const slots = slotsOf(language);
  const templates = readSections(path.join(CORPUS, 'templates', `${language}.txt`));
  return TASKS.flatMap((task) => {
    const own = templates.filter(({ section }) => section === task || section === `${task} system`);
    if (own.length === 0) throw new Error(`corpus: no ${language} templates for ${task}`);
    return Array.from({ length: language === 'en' ? ENGLISH_PROMPTS : OTHER_PROMPTS }, (_, i) =>
      promptOf(own[i % own.length]?.text ?? '', task, slots, random),
    );
  });
}

/** Values of a language; what it does not have is taken from English: code, numbers, formulas. */
function slotsOf(language: string): Slots {
  const slots = new Map<string, string[]>();
  for (const from of new Set([language, 'en'])) {
    const known = new Set(slots.keys());
    for (const { section, text } of readSections(path.join(CORPUS, 'slots', `${from}.txt`)))
      if (!known.has(section)) slots.set(section, [...(slots.get(section) ?? []), text]);
  }
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
