import { findDrift } from './drift';
import type { Label, LabelSource } from './semantic-model';

const BUDGET = 0.02;

/** One letter a label: `.` right, `x` wrong; a second apart. */
const labels = (text: string, source: LabelSource = 'hit'): Label[] =>
  [...text].map((letter, i) => ({ similarity: 0.9, correct: letter === '.', weight: 1, at: i * 1_000, source }));

describe('a change of the error of what is served', () => {
  it('is found after a few errors in a row, and dated to the first of them', () => {
    expect(findDrift(labels(`${'.'.repeat(200)}xxxx`), BUDGET)).toEqual({ since: 200_000, alarms: 1 });
    expect(findDrift(labels(`${'.'.repeat(200)}xxx`), BUDGET)).toBeNull();
  });

  it('is not found in errors that the budget allows', () => {
    expect(findDrift(labels(`x${'.'.repeat(49)}`.repeat(20)), BUDGET)).toBeNull();
  });

  it('is found in an error rate that is four times the budget', () => {
    expect(findDrift(labels(`x${'.'.repeat(11)}`.repeat(20)), BUDGET)).not.toBeNull();
  });

  it('is told anew when it happens again', () => {
    const twice = labels(`${'.'.repeat(50)}xxxx${'.'.repeat(100)}xxxx`);
    expect(findDrift(twice, BUDGET)).toEqual({ since: 154_000, alarms: 2 });
  });

  it('has nothing to do with what was not served', () => {
    expect(findDrift(labels('x'.repeat(100), 'miss'), BUDGET)).toBeNull();
  });

  it('is shown by what people call wrong as well', () => {
    expect(findDrift(labels('xxxx', 'bad-hit'), BUDGET)).toEqual({ since: 0, alarms: 1 });
  });
});
