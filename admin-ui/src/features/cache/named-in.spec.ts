import { namedIn } from './named-in';

describe('what was invalidated', () => {
  it.each([
    [{ all: true } as const, 'everything'],
    [{ tenant: 'acme', tag: 'faq' }, 'tenant acme, tag faq'],
  ])('%j is told in words', (named, words) => expect(namedIn(named)).toBe(words));
});
