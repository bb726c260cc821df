import { OutputLengths } from './output-lengths';

describe('the lengths of answers', () => {
  it('are means by task, and over all of them', () => {
    const lengths = new OutputLengths();
    expect(lengths.read().size).toBe(0);
    lengths.observe('code', 300);
    lengths.observe('code', 500);
    lengths.observe('chat', 40);
    lengths.observe(null, 160);
    expect(Object.fromEntries(lengths.read())).toEqual({ '': 250, code: 400, chat: 40 });
  });

  it('follow what came last', () => {
    const lengths = new OutputLengths();
    for (let n = 0; n < 1_000; n++) lengths.observe('code', 1_000);
    for (let n = 0; n < 500; n++) lengths.observe('code', 100);
    expect(lengths.read().get('code')).toBeLessThan(110);
  });

  it('are not spoiled by what no answer can have', () => {
    const lengths = new OutputLengths();
    for (let n = 0; n < 200; n++) lengths.observe('code', 100);
    for (const nonsense of [1e18, Number.POSITIVE_INFINITY, -1e18, Number.NaN]) lengths.observe('code', nonsense);
    expect(lengths.read().get('code')).toBeLessThan(25_000);
    expect(lengths.read().get('code')).toBeGreaterThan(0);
  });

  it('are the same map while no mean moves by a token', () => {
    const lengths = new OutputLengths();
    lengths.observe('code', 100);
    const page = lengths.read();
    lengths.observe('code', 100);
    expect(lengths.read()).toBe(page);
    lengths.observe('no such task', 100);
    expect([...lengths.read().keys()]).toEqual(['', 'code']);
  });
});
