import { eachMatch, type PiiDetector } from './pii-detector';

/** AAA-GG-SSSS with hyphens or spaces; areas 000, 666 and 900-999, group 00 and serial 0000 are never issued (SSA). */
const US_SSN = /(?<![\w-]|\d[ .])(?!000|666|9)\d{3}([ -])(?!00)\d{2}\1(?!0000)\d{4}(?![\w-]|[ .]\d)/g;

export const findUsSsns: PiiDetector = (text, found) =>
  eachMatch(US_SSN, text, (value, start) => found(start, start + value.length));
