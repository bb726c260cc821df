import { whyKept } from './last-owner';

describe('the last owner', () => {
  it('has to stay', () => expect(whyKept({ id: 'a' }, ['a'])).toMatch(/last owner/));
  it('is nobody while there are two', () => expect(whyKept({ id: 'a' }, ['a', 'b'])).toBeNull());
  it('is nobody else, and nobody while it is not known', () => {
    expect(whyKept({ id: 'b' }, ['a'])).toBeNull();
    expect(whyKept({ id: 'a' }, undefined)).toBeNull();
  });
});
