import { labelOfAssistantIntent, labelOfBankingMessage, labelOfMmluSubject, labelOfQuestion } from './labelling-rules';

it.each([
  ['Q: There are 3 houses in a row, numbered 1 on the left', 'reasoning'],
  ['Write a python function to find the minimum of two numbers.', 'code'],
  ['Evaluate $\\frac{1}{2} + \\frac{1}{3}$.', 'math'],
  ['Tom has 4 boxes with 6 pens each. How many pens does he have?', 'math'],
  ['who was the first person to sail around the world', 'question-answering'],
  ['How do I learn Python quickly?', null],
  ['top, dice, vault, bath', null],
])('a question without a label: %s', (text, task) => expect(labelOfQuestion(text)).toBe(task));

it('subjects of MMLU', () => {
  expect(labelOfMmluSubject('abstract_algebra')).toBe('math');
  expect(labelOfMmluSubject('formal_logic')).toBe('reasoning');
  expect(labelOfMmluSubject('world_religions')).toBe('question-answering');
  expect(labelOfMmluSubject('college_physics')).toBeNull();
});

it('intents of an assistant', () => {
  expect(labelOfAssistantIntent('translate')).toBe('translation');
  expect(labelOfAssistantIntent('greeting')).toBe('chat');
  expect(labelOfAssistantIntent('exchange_rate')).toBe('question-answering');
  expect(labelOfAssistantIntent('pay_bill')).toBeNull();
});

it('messages to a bank', () => {
  expect(labelOfBankingMessage('Where can I top up?')).toBe('question-answering');
  expect(labelOfBankingMessage('My card has not come yet.')).toBe('chat');
  expect(labelOfBankingMessage('I lost it. What now?')).toBeNull();
});
