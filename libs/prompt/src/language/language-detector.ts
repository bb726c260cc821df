import { proseOf } from './prose';
import { scriptsOf } from './script';

/** ISO 639-2 for "undetermined". */
export const UNDETERMINED = 'und';

/** Fewer letters than this, in words of two letters or more, tell no language: formulas have less. */
const MIN_LETTERS = 5;
const WORDS = /[\p{L}\p{M}]{2,}/gu;

type Eld = typeof import('eld/extrasmall').eld;

/**
 * Tells the language of what somebody wrote: by its script where that is enough, else by n-grams (eld, 60 languages). The n-grams
 * take about 230 ms and 85 MB to load, so they are loaded when a policy asks for them; before that only scripts tell.
 */
export class LanguageDetector {
  private eld: Eld | null = null;
  private loading: Promise<void> | null = null;

  /** Loads the n-grams, once. Rejects if the package cannot be loaded. */
  load(): Promise<void> {
    this.loading ??= import('eld/extrasmall').then(({ eld }) => void (this.eld = eld));
    return this.loading;
  }

  /** Two letters of ISO 639-1, or `und`: too short, or digits, or code. */
  detect(text: string): string {
    const prose = proseOf(text);
    const [first = UNDETERMINED, second = UNDETERMINED] = scriptsOf(prose);
    if (first !== 'shared') return first;
    if (this.eld === null) return UNDETERMINED;
    if (lettersInWords(prose) < MIN_LETTERS) return second;
    const result = this.eld.detect(prose);
    return result.isReliable() ? result.language : second; // a Chinese sentence full of English terms
  }
}

function lettersInWords(text: string): number {
  let letters = 0;
  for (const word of text.match(WORDS) ?? []) letters += word.length;
  return letters;
}
