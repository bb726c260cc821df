import { digitsOf, eachMatch, type PiiDetector } from './pii-detector';

/** Calling codes (ITU-T E.164, list of assigned country codes), longest first where one begins another. */
const CALLING_CODE =
  /^(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|2[1-689]\d|3[578]\d|42[013]|5[09]\d|6[789]\d|8[058]\d|9[679]\d)/;
/** Digits after the code, where the country's plan is strict; elsewhere 6 to 12. */
const NATIONAL: Readonly<Record<string, RegExp>> = {
  1: /^[2-9]\d{2}[2-9]\d{6}$/, // North America
  7: /^[3-9]\d{9}$/,
  33: /^0?[1-9]\d{8}$/,
  34: /^[5-9]\d{8}$/,
  44: /^0?[1-9]\d{8,9}$/,
  49: /^0?[1-9]\d{5,11}$/,
  86: /^0?[1-9]\d{8,10}$/,
};
const OTHER_NATIONAL = /^\d{6,12}$/;

const INTERNATIONAL = /(?<![\w+.])(?:\+|00(?=[1-9]\d{0,2}[ -]))[1-9](?:[ .\-/]?\(?\d\)?){6,15}(?!\d)/g;
/** Formats that people recognise without a country; bare runs of digits are order numbers until somebody says otherwise. */
const FORMATS = [
  '(?:1[ .-])?\\([2-9]\\d{2}\\) ?[2-9]\\d{2}[ .-]\\d{4}', // North America
  '(?:1-)?[2-9]\\d{2}-[2-9]\\d{2}-\\d{4}',
  '[2-9]\\d{2}\\.[2-9]\\d{2}\\.\\d{4}',
  '07\\d{3} \\d{3} ?\\d{3}|\\(?0[12]\\d{1,3}\\)? \\d{3,4} \\d{4}', // United Kingdom
  '01[5-7]\\d{1,2}[ /-]\\d{3,4} ?\\d{3,5}|0[2-9]\\d{1,3}/\\d{5,8}|\\(0[2-9]\\d{1,3}\\) ?\\d{4,8}', // Germany
  '0[1-9](?: \\d{2}){4}|0[1-9](?:\\.\\d{2}){4}', // France
  '1[3-9]\\d([ -])\\d{4}\\1\\d{4}', // China
  '0[789]0-\\d{4}-\\d{4}', // Japan
];
const NATIONAL_FORMAT = new RegExp(`(?<![\\w+./-]|\\d[ ])(?:${FORMATS.join('|')})(?![\\w/-]|[ .]\\d)`, 'g');
/** A number that somebody calls a phone number. */
const NAMED = new RegExp(
  '(?:\\b(?:tel|(?:cell ?|tele)?phone|mobile|fax|whatsapp|call|telefon|handy|mobil|t[ée]l[ée]fono|t[ée]l[ée]phone|portable)' +
    '(?:\\s(?:number|nr|no|nummer|is|me|us|at|on|est|ist|es)\\b\\.?){0,3}|(?:电话|手机)(?:号码?)?[是为]?)' +
    '[.:：#=]{0,2}\\s{0,2}(\\+?\\(?\\d(?:[ .\\-/]?\\(?\\d\\)?){5,13}\\d)(?!\\d)',
  'gi',
);
/** 2024-01-15, 15.01.2024 and the like. */
const DATE = /^(?:(?:19|20)\d{2}[-./ ]\d{1,2}[-./ ]\d{1,2}|\d{1,2}[-./ ]\d{1,2}[-./ ](?:19|20)\d{2})(?!\d)/;

/** Phone numbers: international ones by the country's plan, national ones in formats of their country, others by name. */
export const findPhones: PiiDetector = (text, found) => {
  eachMatch(INTERNATIONAL, text, (value, start) => {
    if (isInternational(value)) found(start, start + value.length);
  });
  eachMatch(NATIONAL_FORMAT, text, (value, start) => {
    if (!isEnumeration(value)) found(start, start + value.length);
  });
  eachMatch(NAMED, text, (value, start, number = '') => {
    const end = start + value.length;
    if (!DATE.test(number)) found(end - number.length, end);
  });
};

function isInternational(value: string): boolean {
  const digits = digitsOf(value).replace(/^00/, '');
  const code = CALLING_CODE.exec(digits)?.[0];
  if (code === undefined || digits.length > 15 || digits.length < 8) return false;
  return (NATIONAL[code] ?? OTHER_NATIONAL).test(digits.slice(code.length));
}

/** `01 02 03 04 05` counts. */
function isEnumeration(value: string): boolean {
  const pairs = value.split(/[ .]/).map(Number);
  return pairs.length === 5 && pairs.every((pair, i) => i === 0 || pair === (pairs[i - 1] ?? 0) + 1);
}
