import { operatorAt } from './operators';
import { entityAt } from './words/entities';
import { ORDINAL, ROMAN_NUMERALS, SCALES, SMALL } from './words/numerals';
import { WEEKDAYS } from './words/calendar';
import { isCurrencySign } from './words/currencies';
import { unitAfterNumber, unitAt, unitOf } from './words/units';
import { term, type Found, type Term } from './term';
import { rawOf, type Token } from './tokens';

interface Amount {
  readonly value: number;
  readonly tokens: number;
}

const VERSION = /^v(\d{1,9}(?:\.\d{1,9}){0,5})$/;
const MONEY = /^(rs|inr|usd|eur|gbp|chf)(\d{1,9})$/;
const NAME_WITH_NUMBER = /^(\p{L}{3,})(\d{1,9})(\p{L}?)$/u;
const ORDINAL_ENDINGS = new Set(['st', 'nd', 'rd', 'th']);
const PERIODS = new Set('second minute hour day night morning evening week weekend month year'.split(' '));
const VERSION_WORDS = new Set(['version', 'versions', 'release', 'v', 'ver']);

/** A number with its unit, an ordinal, a version, or a name that ends in a number; null if none begins here. */
export function readNumber(tokens: readonly Token[], at: number, before: readonly Term[]): Found | null {
  const token = tokens[at];
  if (token === undefined) return null;
  const money = amountOfMoney(tokens, at);
  if (money || token.kind === 'symbol') return money;
  if (token.kind === 'code') return versionOrName(token);
  if (token.kind === 'number' && isVersion(token.raw, before.at(-1)))
    return { terms: [term(`v:${token.raw}`, 'version', token.raw)], tokens: 1 };
  const every = everyOther(tokens, at);
  if (every) return every;
  const ordinal = ordinalAt(tokens, at);
  if (ordinal) return { terms: [term(`o:${ordinal.value}`, 'ordinal', token.raw)], tokens: ordinal.tokens };
  const amount = amountAt(tokens, at);
  return amount && withUnit(tokens, at, amount);
}

/** `$5`, `€ 1.20`, `A$5` */
function amountOfMoney(tokens: readonly Token[], at: number): Found | null {
  const money = unitAt(tokens, at);
  if (money === undefined || !isCurrencySign(tokens[at + money.tokens - 1]?.raw ?? '')) return null;
  const amount = amountAt(tokens, at + money.tokens);
  if (amount === null) return null;
  const unit = term(`u:${money.unit}`, 'unit', rawOf(tokens, at, money.tokens));
  return { terms: [numberTerm(amount, tokens, at + money.tokens), unit], tokens: money.tokens + amount.tokens };
}

/** `v2.1`; `rs500` as `rs 500`, `iphone6s` as `iphone 6s` */
function versionOrName({ word, raw }: Token): Found | null {
  const version = VERSION.exec(word)?.[1];
  if (version !== undefined) return { terms: [term(`v:${version}`, 'version', raw)], tokens: 1 };
  const [, money = '', amount = ''] = MONEY.exec(word) ?? [];
  const unit = unitOf(money);
  if (unit !== undefined)
    return { terms: [term(`n:${Number(amount)}`, 'number', amount), term(`u:${unit}`, 'unit', money)], tokens: 1 };
  const [, name, digits = '', letter = ''] = NAME_WITH_NUMBER.exec(word) ?? [];
  if (name === undefined) return null;
  const model = letter ? term(digits + letter, 'code', raw) : term(`n:${Number(digits)}`, 'number', raw);
  const entity = entityAt((offset) => (offset === 0 ? name : undefined));
  const named = entity ? { ...term(entity.key, 'entity', raw), kinds: entity.kinds } : term(name, 'word', raw);
  return { terms: [named, model], tokens: 1 };
}

/** Two dots, or a number after a word for versions or the name of software: there 3.10 is not 3.1. */
function isVersion(raw: string, before: Term | undefined): boolean {
  if (/^\d+\.\d+\.\d/.test(raw)) return true;
  if (before === undefined || !/^\d+(?:\.\d+)?$/.test(raw)) return false;
  return before.kinds?.includes('software') || VERSION_WORDS.has(before.key);
}

/** `every other day` is every 2 days, `every third week` every 3 weeks. */
function everyOther(tokens: readonly Token[], at: number): Found | null {
  const [token, next] = [tokens[at], tokens[at + 1]];
  if (token === undefined || next === undefined || tokens[at - 1]?.word !== 'every') return null;
  const value = token.word === 'other' ? 2 : ORDINAL.get(token.word);
  const isTime = PERIODS.has(next.word) || WEEKDAYS.has(next.word);
  return value !== undefined && isTime ? { terms: [term(`n:${value}`, 'number', token.raw)], tokens: 1 } : null;
}

function ordinalAt(tokens: readonly Token[], at: number): Amount | null {
  const token = tokens[at];
  const next = tokens[at + 1];
  if (token === undefined) return null;
  if (token.kind === 'number' && next?.glued && ORDINAL_ENDINGS.has(next.word))
    return { value: valueOf(token.raw), tokens: 2 };
  const value = ORDINAL.get(token.word);
  return value === undefined ? null : { value, tokens: 1 };
}

/** Digits or number words, with what multiplies them: `1,200`, `twenty five`, `two hundred and five`, `2.5 million`, `5k`. */
function amountAt(tokens: readonly Token[], at: number): Amount | null {
  const first = tokens[at];
  if (first === undefined) return null;
  const roman = ROMAN_NUMERALS.get(first.word);
  if (roman !== undefined) return { value: roman, tokens: 1 };
  if (first.word === 'one' && !multiplies(tokens, at + 1)) return null; // a pronoun
  let total = 0;
  let part = first.kind === 'number' ? valueOf(first.raw) : (SMALL.get(first.word) ?? NaN);
  if (Number.isNaN(part)) return null;
  let next = at + 1;
  for (const end = Math.min(tokens.length, at + 10); next < end;) {
    const { word = '', kind = 'symbol', glued = false } = tokens[next] ?? {};
    const scale = kind === 'word' && (word.length > 2 || glued) ? SCALES.get(word) : undefined;
    const small = part % 10 === 0 || part % 100 === 0 ? SMALL.get(word) : undefined;
    if (scale === 100) part *= scale;
    else if (scale !== undefined) [total, part] = [total + part * scale, 0];
    else if (small !== undefined && small > 0 && first.kind === 'word' && (part >= 20 || total > 0)) part += small;
    else if (!isJoint(word) || first.kind !== 'word' || !(part >= 20 || total > 0) || !isSmall(tokens[next + 1])) break;
    next++;
  }
  return { value: total + part, tokens: next - at };
}

const isJoint = (word: string): boolean => word === '-' || word === 'and';
const isSmall = (token: Token | undefined): boolean => token !== undefined && SMALL.has(token.word);

function multiplies(tokens: readonly Token[], at: number): boolean {
  const word = tokens[at]?.word ?? '';
  return SCALES.has(word) || unitAfterNumber(tokens, at) !== undefined;
}

function withUnit(tokens: readonly Token[], at: number, amount: Amount): Found {
  const next = tokens[at + amount.tokens];
  const number = numberTerm(amount, tokens, at);
  if (next?.raw === '%' && operatorAt(tokens, at + amount.tokens, [number]))
    return { terms: [number], tokens: amount.tokens };
  const unit = unitAfterNumber(tokens, at + amount.tokens);
  if (unit) {
    const raw = rawOf(tokens, at + amount.tokens, unit.tokens);
    return { terms: [number, term(`u:${unit.unit}`, 'unit', raw)], tokens: amount.tokens + unit.tokens };
  }
  // 2fa, 3d: a name of its own
  if (next?.glued && next.kind === 'word' && amount.tokens === 1) {
    const code = (tokens[at]?.word ?? '') + next.word;
    return { terms: [term(code, 'code', code)], tokens: 2 };
  }
  return { terms: [number], tokens: amount.tokens };
}

function numberTerm({ value, tokens: count }: Amount, tokens: readonly Token[], at: number): Term {
  const raw = tokens
    .slice(at, at + count)
    .map((token) => token.raw)
    .join(' ');
  return term(`n:${Number.isSafeInteger(value) || !Number.isInteger(value) ? value : raw}`, 'number', raw);
}

/** `1,000` is a thousand, `1,5` one and a half; NaN for what is not one number, such as a time. */
function valueOf(raw: string): number {
  if (/^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(raw)) return Number(raw.replaceAll(',', ''));
  return Number(raw.replace(',', '.'));
}
