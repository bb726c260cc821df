import { inspected } from '../inspection';
import { INVISIBLE } from '../invisible';
import { INJECTION_PATTERNS } from './injection-patterns';

const INVISIBLE_CHARS = new RegExp(`[${INVISIBLE}]`, 'gu');
// eslint-disable-next-line no-control-regex -- whatever is not ASCII is normalised first
const NOT_ASCII = /[^\x00-\x7f]/;

/** Talk about attacks rather than an attack: lectures, classifiers, reports. */
const ABOUT_ATTACKS =
  /\b(?:prompt[- ]injections?|injection attacks?|jailbreak(?:s|ing)?\s(?:attacks?|attempts?|prompts?|techniques?)|red[- ]team(?:ing)?|owasp|guardrails?|security (?:lecture|course|training|awareness|review|paper|team|audit)|classif(?:y|ier|ication)|(?:detect|flag|filter|block)(?:s|or|ion|ing)?\s(?:\w+\s){0,3}(?:prompts?|attacks?|messages?|inputs?|injections?)|sicherheitsvorlesung|angriffe?|attaques?|ataques?|inyección|提示注入|攻击)\b/;
const QUOTES = /["'`“”„«»‘’「」『』]/;
const QUOTE_REACH_CHARS = 60;

const ABOUT_FACTOR = 0.6;
const QUOTED_ABOUT_FACTOR = 0.35;

/**
 * How much the text looks like an attempt to override instructions, to get at the system prompt, or to smuggle turns in: 0..1, a
 * heuristic and no verdict. Signs add up as independent evidence: 1 - (1 - w1)(1 - w2)... Signs in a text about attacks count less,
 * quoted ones least. Looks at the first `MAX_INSPECTED_CHARS`; linear in their number.
 */
export function injectionScore(text: string): number {
  const plain = normalised(inspected(text));
  let innocence = 1;
  let about: boolean | undefined;
  for (const { pattern, weight } of INJECTION_PATTERNS) {
    const match = pattern.exec(plain);
    if (match === null) continue;
    about ??= ABOUT_ATTACKS.test(plain);
    innocence *= 1 - weight * (about ? aboutFactor(plain, match.index, match[0].length) : 1);
  }
  return Math.round((1 - innocence) * 100) / 100;
}

function normalised(text: string): string {
  const visible = NOT_ASCII.test(text) ? inspected(text.normalize('NFKC').replace(INVISIBLE_CHARS, '')) : text; // may grow 18-fold
  return visible.toLowerCase().replace(/[ \t]{2,}|\t/g, ' ');
}

function aboutFactor(text: string, start: number, length: number): number {
  const before = text.slice(Math.max(0, start - QUOTE_REACH_CHARS), start);
  const after = text.slice(start + length, start + length + QUOTE_REACH_CHARS);
  return QUOTES.test(before) && QUOTES.test(after) ? QUOTED_ABOUT_FACTOR : ABOUT_FACTOR;
}
