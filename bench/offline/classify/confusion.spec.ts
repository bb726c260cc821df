import { confusionOf } from './confusion';

it('counts a class by what was said of it, and only classes that occur', () => {
  const { accuracy, macroF1, classes } = confusionOf([
    { is: 'code', said: 'code' },
    { is: 'code', said: 'math' },
    { is: 'math', said: 'math' },
    { is: 'math', said: 'chat' },
  ]);
  expect(accuracy).toBe(0.5);
  expect(classes).toEqual([
    { task: 'code', rows: 2, precision: 1, recall: 0.5, f1: 2 / 3 },
    { task: 'math', rows: 2, precision: 0.5, recall: 0.5, f1: 0.5 },
  ]);
  expect(macroF1).toBeCloseTo((2 / 3 + 0.5) / 2);
});
