import { digitsOf, eachMatch, type PiiDetector } from './pii-detector';

/** Unbroken, or in the groups that cards are printed in: 4-4-4-4(-3), 4-6-5 (American Express), 4-6-4 (Diners). */
const CARD =
  /(?<![\w.+]|\d-)(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1(?:\d{4}\1\d{3}|\d{1,4})|\d{4}([ -])\d{6}\2\d{4,5})(?!\w|[.,]\d)/g;

/** Three digits behind sixteen: the end of a long number, or the code from the back of the card. */
const SECURITY_CODE = /(?<=^(?:\d{4}[ -]){4})\d{3}$/;

/** Issuer ranges and their lengths (ISO/IEC 7812; the networks' own tables). */
const RANGES: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^4/, [13, 16, 19]], // Visa
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]], // Mastercard
  [/^3[47]/, [15]], // American Express
  [/^(?:6011|64[4-9]|65)/, [16, 17, 18, 19]], // Discover
  [/^(?:30[0-5]|3095|36|38|39)/, [14, 16, 19]], // Diners
  [/^35(?:2[89]|[3-8])/, [16, 17, 18, 19]], // JCB
  [/^62/, [16, 17, 18, 19]], // UnionPay
  [/^(?:5018|5020|5038|5893|6304|6759|676[1-3])/, [13, 14, 15, 16, 17, 18, 19]], // Maestro
  [/^220[0-4]/, [16, 17, 18, 19]], // Mir
];

/** Payment cards: known range and length, and a right check digit. */
export const findCards: PiiDetector = (text, found) =>
  eachMatch(CARD, text, (value, start) => {
    if (isCard(value)) found(start, start + value.length);
    else if (SECURITY_CODE.test(value)) {
      const card = value.replace(SECURITY_CODE, '').slice(0, -1);
      if (isCard(card)) found(start, start + card.length);
    }
  });

function isCard(written: string): boolean {
  const digits = digitsOf(written);
  return isIssued(digits) && luhn(digits) && !isArticleNumber(digits);
}

function isIssued(digits: string): boolean {
  return RANGES.some(([range, lengths]) => lengths.includes(digits.length) && range.test(digits));
}

/** ISO/IEC 7812-1, annex B. */
function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = digits.length - 1, double = false; i >= 0; i--, double = !double) {
    const digit = Number(digits[i]);
    sum += double ? (digit > 4 ? 2 * digit - 9 : 2 * digit) : digit;
  }
  return sum % 10 === 0;
}

/** EAN-13: German and Japanese articles begin with 4 as Visa does; a tenth of them would pass for old 13-digit cards. */
function isArticleNumber(digits: string): boolean {
  if (digits.length !== 13) return false;
  let sum = 0;
  for (let i = 0; i < 13; i++) sum += Number(digits[i]) * (i % 2 === 0 ? 1 : 3);
  return sum % 10 === 0;
}
