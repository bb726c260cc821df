import { readRequests } from './warm-source';

describe('requests to ask ahead', () => {
  it('are read from an array, or from one a line', () => {
    expect(readRequests('[{"model":"auto"},{}]')).toHaveLength(2);
    expect(readRequests('{"model":"auto"}\n\n{"model":"b"}\n')).toEqual([{ model: 'auto' }, { model: 'b' }]);
  });

  it.each([
    ['', 'Nothing'],
    ['[]', 'Nothing'],
    ['[{]', 'no JSON'],
    ['{}\nnot json', 'Line 2'],
    ['{}\n5', 'Request 2'],
    [`[${Array.from({ length: 1_001 }, () => '{}').join(',')}]`, 'allowed: 1000'],
  ])('say what is wrong with %.20p', (text, message) =>
    expect(readRequests(text)).toEqual(expect.objectContaining({ message: expect.stringContaining(message) })),
  );
});
