import { numberOf } from './number-text';

it.each([
  ['0.5', 0.5],
  ['0.', 0],
  ['7.', 7],
  ['.5', 0.5],
  ['0.50', 0.5],
  ['-3', -3],
  [7.25, 7.25],
  ['', null],
  ['-', null],
  ['.', null],
  ['0x10', null],
  ['1e3', null],
  [NaN, null],
])('%p in a field of numbers is %p', (typed, value) => expect(numberOf(typed)).toBe(value));
