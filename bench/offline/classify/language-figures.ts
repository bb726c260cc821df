import { LanguageDetector } from '@relay/prompt';
import { mean } from '../../stats/ranks';
import { readSentences } from '../../training/classifier/evaluation';
import type { Section } from '../offline-scenario';

/** Characters up to which a sentence counts as short. */
const SHORT = 24;

export interface LanguageFigures {
  readonly section: Section;
  readonly accuracy: number;
}

/** Measures language on our own sentences; `texts`: prompts with their language besides. */
export async function languageFigures(
  texts: readonly { readonly text: string; readonly language: string }[],
): Promise<LanguageFigures> {
  const detector = new LanguageDetector();
  await detector.load();
  const sentences = readSentences();
  const accuracyOf = (rows: typeof texts): number =>
    mean(rows.map(({ text, language }) => Number(detector.detect(text) === language)));
  const languages = new Set(sentences.map(({ language }) => language));
  const parts = {
    [`sentences in ${languages.size - 1} languages, and texts that are in none`]: sentences,
    [`of them up to ${SHORT} characters`]: sentences.filter(({ text }) => text.length <= SHORT),
    'of them code, numbers, signs': sentences.filter(({ language }) => language === 'und'),
    'own prompts': texts,
  };
  return {
    accuracy: accuracyOf(sentences),
    section: {
      title: 'Language',
      notes: [],
      table: [
        ['texts', 'rows', 'accuracy'],
        ...Object.entries(parts).map(([name, rows]) => [name, String(rows.length), accuracyOf(rows).toFixed(3)]),
      ],
    },
  };
}
