import { ByteLog } from './byte-log';

describe('bytes that come in pieces', () => {
  it('are kept in their order, however many there are', () => {
    const log = new ByteLog();
    const pieces = Array.from({ length: 1_000 }, (_, i) => Buffer.from(`${i} é and so on, `));
    for (const piece of pieces) log.push(piece);
    const all = Buffer.concat(pieces);
    expect(log.length).toBe(all.length);
    expect(log.toString()).toBe(all.toString());
    expect(log.subarray(1_000, 9_000).equals(all.subarray(1_000, 9_000))).toBe(true);
    for (const to of [undefined, 100_000]) expect(log.subarray(9_000, to).equals(all.subarray(9_000))).toBe(true);
  });

  it('may be longer than all before them together', () => {
    const log = new ByteLog();
    for (const bytes of [1, 100_000, 2]) log.push(Buffer.alloc(bytes, bytes));
    expect([log.length, ...log.subarray(100_000)]).toEqual([100_003, 160, 2, 2]);
  });

  it('can be looked at while more come', () => {
    const log = new ByteLog();
    log.push(Buffer.from('abc'));
    const view = log.subarray(1);
    for (let i = 0; i < 10_000; i++) log.push(Buffer.from('xyz'));
    expect(view.toString()).toBe('bc');
  });

  it('are none at first', () => {
    expect([new ByteLog().length, new ByteLog().toString(), new ByteLog().subarray(0).length]).toEqual([0, '', 0]);
  });
});
