import { expand } from './expand';

const slots = new Map([['name', ['[Ann|Bob]']]]);
const always = (share: number) => (): number => share;

describe('expand', () => {
  it('takes one of the alternatives, of which one may be empty', () => {
    expect(expand('say [hello|bye]', slots, always(0))).toBe('say hello');
    expect(expand('say [hello|bye]', slots, always(0.9))).toBe('say bye');
    expect(expand('say[ it|]', slots, always(0.9))).toBe('say');
  });

  it('fills slots, also within alternatives, and leaves what is in the value alone', () => {
    expect(expand('[hi {name}|bye]', slots, always(0))).toBe('hi [Ann|Bob]');
  });

  it('keeps brackets without alternatives', () => expect(expand('[1] see', slots, always(0))).toBe('[1] see'));

  it('refuses a slot without values', () => {
    expect(() => expand('{nobody}', slots, always(0))).toThrow('no values for {nobody}');
  });
});
