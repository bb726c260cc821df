import { eachMatch, isDigit, type PiiDetector } from './pii-detector';

/** Characters of an IBAN by country (SWIFT IBAN Registry, release 99). */
const LENGTHS: Readonly<Record<string, number>> = {
  AD: 24, AE: 23, AL: 28, AT: 20, AZ: 28, BA: 20, BE: 16, BG: 22, BH: 22, BI: 27, BR: 29, BY: 28, CH: 21, CR: 22, CY: 28,
  CZ: 24, DE: 22, DJ: 27, DK: 18, DO: 28, EE: 20, EG: 29, ES: 24, FI: 18, FK: 18, FO: 18, FR: 27, GB: 22, GE: 22, GI: 23,
  GL: 18, GR: 27, GT: 28, HN: 28, HR: 21, HU: 28, IE: 22, IL: 23, IQ: 23, IS: 26, IT: 27, JO: 30, KW: 30, KZ: 20, LB: 28,
  LC: 32, LI: 21, LT: 20, LU: 20, LV: 21, LY: 25, MC: 27, MD: 24, ME: 22, MK: 19, MN: 20, MR: 27, MT: 31, MU: 30, NI: 28,
  NL: 18, NO: 15, OM: 23, PK: 24, PL: 28, PS: 29, PT: 25, QA: 29, RO: 24, RS: 22, RU: 33, SA: 24, SC: 31, SD: 18, SE: 24,
  SI: 19, SK: 24, SM: 27, SO: 23, ST: 25, SV: 28, TL: 23, TN: 24, TR: 26, UA: 29, VA: 22, VG: 24, XK: 20, YE: 30,
}; // prettier-ignore

/** Country, check digits and the beginning of the account; single spaces or hyphens may part the groups. */
const BEGINNING = /(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}[ -]?[A-Za-z0-9]/g;
const MAX_WRITTEN_CHARS = 68; // 34 characters (ISO 13616) and as many separators

/** Account numbers of the length of their country whose check digits are right (ISO 7064, mod 97-10). */
export const findIbans: PiiDetector = (text, found) =>
  eachMatch(BEGINNING, text, (value, start) => {
    const length = LENGTHS[value.slice(0, 2).toUpperCase()];
    if (length === undefined) return;
    const written = writtenIban(text.slice(start, start + MAX_WRITTEN_CHARS), length);
    if (written !== null && hasRightCheckDigits(written)) found(start, start + written.length);
  });

/** The first `length` letters and digits with the separators between them; null where they end earlier or go on. */
function writtenIban(text: string, length: number): string | null {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    if (isAlphanumeric(text.charCodeAt(i))) {
      if (++count === length) return isAlphanumeric(text.charCodeAt(i + 1)) ? null : text.slice(0, i + 1);
    } else if (!isSeparator(text.charCodeAt(i)) || isSeparator(text.charCodeAt(i - 1))) return null;
  }
  return null;
}

const isSeparator = (code: number): boolean => code === 0x20 || code === 0x2d;

function isAlphanumeric(code: number): boolean {
  const letter = code | 0x20; // lower case
  return isDigit(code) || (letter >= 0x61 && letter <= 0x7a);
}

function hasRightCheckDigits(written: string): boolean {
  const iban = written.replace(/[ -]/g, '').toUpperCase();
  let rest = 0;
  for (const char of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(char, 36); // A is 10, Z is 35
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}
