import { term, type Found } from './term';
import type { Token } from './tokens';
import { HOURS, MONTHS, UNSURE_MONTHS, WEEKDAYS } from './words/calendar';

const ISO = /^(\d{4})-(\d{2})-(\d{2})$/;
const CLOCK = /^(\d{1,2}):(\d{2})$/;
const ORDINAL_ENDINGS = new Set(['st', 'nd', 'rd', 'th']);
const BEFORE_MONTHS = new Set([
  'in',
  'of',
  'on',
  'since',
  'until',
  'till',
  'by',
  'from',
  'before',
  'after',
  'during',
  'next',
  'last',
  'this',
  'early',
  'late',
  'mid',
]);

/** A day, a month, a weekday or an hour that begins at a token; null if none does. Years alone are numbers. */
export function readDate(tokens: readonly Token[], at: number): Found | null {
  const token = tokens[at];
  if (token === undefined || token.kind === 'symbol' || token.kind === 'link') return null;
  if (token.kind === 'number') return ofDigits(tokens, at, token.raw) ?? dayFirst(tokens, at);
  const weekday = WEEKDAYS.get(token.word);
  if (weekday !== undefined) return found(`w:${weekday}`, token.raw, 1);
  const hour = HOURS.get(token.word);
  if (hour !== undefined) return found(`t:${hour}`, token.raw, 1);
  return monthFirst(tokens, at);
}

const found = (key: string, raw: string, tokens: number): Found => ({ terms: [term(key, 'date', raw)], tokens });

/** `2024-03-05`, `3/5/2024` (as written: who says which is the month?), `17:30`, `5:30 pm`, `5pm` */
function ofDigits(tokens: readonly Token[], at: number, raw: string): Found | null {
  const [, year, month, day] = ISO.exec(raw) ?? [];
  if (year !== undefined) return found(dateKey(Number(month), Number(day), Number(year)), raw, 1);
  if (raw.includes('/')) return found(`d:${raw.split('/').map(Number).join('/')}`, raw, 1);
  const [, hours = raw, minutes = ''] = CLOCK.exec(raw) ?? [];
  const half = halfOfDay(tokens, at + 1);
  if (half === null && minutes === '') return null;
  if (!/^\d{1,2}$/.test(hours)) return null;
  const hour = half === null ? Number(hours) : (Number(hours) % 12) + half.hours;
  return found(`t:${hour * 60 + Number(minutes)}`, raw, 1 + (half?.tokens ?? 0));
}

/** `am`, `a.m.`, `pm`, `o'clock` */
function halfOfDay(tokens: readonly Token[], at: number): { hours: number; tokens: number } | null {
  const word = tokens[at]?.word.replaceAll('.', '');
  if (word === 'am') return { hours: 0, tokens: 1 };
  if (word === 'pm') return { hours: 12, tokens: 1 };
  if ((word === 'a' || word === 'p') && tokens[at + 1]?.raw === '.' && tokens[at + 2]?.word === 'm')
    return { hours: word === 'a' ? 0 : 12, tokens: 3 };
  return null;
}

/** `5 march 2024`, `the 5th of march` */
function dayFirst(tokens: readonly Token[], at: number): Found | null {
  const day = dayAt(tokens, at);
  if (day === null) return null;
  let next = at + day.tokens;
  if (tokens[next]?.raw === '.') next++; // 5. März
  if (tokens[next]?.word === 'of' || tokens[next]?.word === 'de') next++;
  const month = monthOf(tokens[next]?.word, true);
  if (month === undefined) return null;
  const year = yearAt(tokens, next + 1);
  return found(
    dateKey(month, day.value, year?.value),
    textOf(tokens, at, next + 1 + (year?.tokens ?? 0)),
    next + 1 + (year?.tokens ?? 0) - at,
  );
}

/** `march 5th, 2024`, `march 2024`, `in may` */
function monthFirst(tokens: readonly Token[], at: number): Found | null {
  const day = dayAt(tokens, at + 1);
  const year = yearAt(tokens, at + 1 + (day?.tokens ?? 0));
  const sure = day !== null || year !== null || BEFORE_MONTHS.has(tokens[at - 1]?.word ?? '');
  const month = monthOf(tokens[at]?.word, sure);
  if (month === undefined) return null;
  const end = at + 1 + (day?.tokens ?? 0) + (year?.tokens ?? 0);
  return found(dateKey(month, day?.value, year?.value), textOf(tokens, at, end), end - at);
}

const monthOf = (word: string | undefined, sure: boolean): number | undefined =>
  word === undefined ? undefined : (MONTHS.get(word) ?? (sure ? UNSURE_MONTHS.get(word) : undefined));

function dayAt(tokens: readonly Token[], at: number): { value: number; tokens: number } | null {
  const token = tokens[at];
  if (token?.kind !== 'number' || !/^\d{1,2}$/.test(token.raw) || Number(token.raw) > 31) return null;
  const next = tokens[at + 1];
  return { value: Number(token.raw), tokens: next?.glued && ORDINAL_ENDINGS.has(next.word) ? 2 : 1 };
}

function yearAt(tokens: readonly Token[], at: number): { value: number; tokens: number } | null {
  const from = tokens[at]?.raw === ',' ? at + 1 : at;
  const token = tokens[from];
  if (token?.kind !== 'number' || !/^(?:1[5-9]|20|21)\d{2}$/.test(token.raw)) return null;
  return { value: Number(token.raw), tokens: from + 1 - at };
}

const dateKey = (month: number, day?: number, year?: number): string => `d:${year ?? ''}-${month}-${day ?? ''}`;

const textOf = (tokens: readonly Token[], from: number, to: number): string =>
  tokens
    .slice(from, to)
    .map(({ raw }) => raw)
    .join(' ');
