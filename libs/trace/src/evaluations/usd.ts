import { trimDecimal } from '../domain/cost';

const DIGITS = 9; // of an estimate

/** An estimate in USD as a decimal string. Amounts that were charged never come this way. */
export const usdOf = (value: number): string => trimDecimal(value.toFixed(DIGITS)).replace(/^-0$/, '0');
