import { TASKS } from '@relay/contracts';
import type { PromptText } from '../prompt-text';
import { PromptClassifier } from './prompt-classifier';

const classifier = new PromptClassifier();
const said = (user: string, system = ''): PromptText => ({ system, user, last: user });

describe('PromptClassifier', () => {
  it.each([
    ['code', 'Write a TypeScript function that groups an array of orders by customer.'],
    ['math', 'Solve x^2 - 9x + 20 = 0.'],
    ['question-answering', 'What is the population of Iceland?'],
    [
      'summarisation',
      'Summarise the following article in two sentences:\n\nThe harbour was closed on Monday after a storm.',
    ],
    ['translation', 'Translate into Spanish: Where can I leave my luggage?'],
    ['translation', 'Wie sagt man "Regenschirm" auf Italienisch?'],
    ['classification', 'Is this review positive or negative? "Broke after a day."'],
    ['extraction', 'Extract all dates and amounts as JSON from this letter:\n\nOn 3 May we received 120 euros.'],
    ['rewriting', 'Make this email more polite: send me the file now'],
    ['creative', 'Écris un poème sur la neige.'],
    ['chat', 'hey, how are you today?'],
  ])('tells %s: %s', (task, text) => expect(classifier.task(said(text))).toBe(task));

  it('goes by the system prompt when the message is only material', () => {
    const text = said(
      'The parcel came late and was open.',
      'Classify the message as complaint or praise. Answer with the label.',
    );
    expect(classifier.task(text)).toBe('classification');
  });

  it('knows the same tasks as the policies', () => {
    expect(classifier.loadTask().heads).toEqual(TASKS);
  });

  it('takes a proof for harder than a question, and a question for harder than a greeting', () => {
    const greeting = classifier.complexity(said('hi there'));
    const question = classifier.complexity(said('Which of these is a renewable resource: coal, wind, oil?'));
    const proof = classifier.complexity(
      said('Prove that every group of order $p^2$ is abelian, and determine all such groups up to isomorphism.'),
    );
    expect(greeting).toBeLessThan(question);
    expect(question).toBeLessThan(proof);
  });

  it('gives complexity in hundredths', () => {
    const complexity = classifier.complexity(said('Explain how tides work.'));
    expect(complexity * 100).toBeCloseTo(Math.round(complexity * 100), 9);
    expect(complexity).toBeGreaterThan(0);
    expect(complexity).toBeLessThan(1);
  });
});
