import { looksLikeId, matching, type Command } from './commands';

const command = (label: string, always = false): Command => ({
  id: label,
  group: 'Go to',
  label,
  always,
  run: () => undefined,
});

describe('the palette', () => {
  it('finds what has every word, in any order', () => {
    const commands = [command('Overview'), command('Tenant acme-retail'), command('Live queues')];
    expect(matching(commands, 'RETAIL tenant').map(({ label }) => label)).toEqual(['Tenant acme-retail']);
    expect(matching(commands, '')).toHaveLength(3);
  });

  it('keeps what was made from the text itself', () => {
    expect(matching([command('Open trace', true)], '01a20352')).toHaveLength(1);
  });

  it.each([
    ['01a20352-29b1-758a-8693-01666ede99cf', true],
    [' 01a20352 ', true],
    ['overview', false],
    ['deadbeef', false],
  ])('takes %p for an id: %p', (text, expected) => expect(looksLikeId(text)).toBe(expected));
});
