import type { LineAnswer, LineStore } from '@relay/batches';
import { Gate } from '@relay/testing';
import { AnswerWriter } from './answer-writer';

const MIB = 1_048_576;
/** SQLSTATE `character_not_in_repertoire`. */
const refusal = (): Error => Object.assign(new Error('invalid byte sequence'), { code: '22021' });
const answer = (index: number, response: Buffer | null = null): LineAnswer => ({
  ...{ index, outcome: 'completed', response, error: null, usage: null },
});

describe('AnswerWriter', () => {
  const start = (write: (batchId: string, indexes: number[]) => Promise<void>) => {
    const written: [string, number[]][] = [];
    const store = {
      answer: (batchId: string, answers: readonly LineAnswer[]) => {
        const indexes = answers.map(({ index }) => index);
        written.push([batchId, indexes]);
        return write(batchId, indexes);
      },
    };
    return { written, writer: new AnswerWriter(store as unknown as LineStore) };
  };

  it('writes together what comes while it writes, and each batch by itself', async () => {
    let open = (): void => undefined;
    const first = new Promise<void>((resolve) => (open = resolve));
    const { written, writer } = start((_batch, indexes) => (indexes.includes(0) ? first : Promise.resolve()));
    const all = [0, 1, 2].map((index) => writer.write('a', answer(index)));
    await writer.write('b', answer(9));
    expect(written).toEqual([
      ['a', [0]],
      ['b', [9]],
    ]);
    open();
    await Promise.all(all);
    expect(written.at(-1)).toEqual(['a', [1, 2]]);
  });

  it('tells those whose answers were not written, and goes on', async () => {
    const { writer } = start((_batch, [index]) =>
      index === 0 ? Promise.reject(new Error('away')) : Promise.resolve(),
    );
    await expect(writer.write('a', answer(0))).rejects.toThrow('away');
    await expect(writer.write('a', answer(1))).resolves.toBeUndefined();
  });

  it('writes all others where the database refuses one', async () => {
    const gate = new Gate();
    const { written, writer } = start((_batch, indexes) => {
      if (indexes.includes(0)) return gate.pass();
      return indexes.includes(2) ? Promise.reject(refusal()) : Promise.resolve();
    });
    const all = Promise.allSettled([0, 1, 2, 3].map((index) => writer.write('a', answer(index))));
    gate.open();
    expect((await all).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(written.map(([, indexes]) => indexes)).toEqual([[0], [1, 2, 3], [1], [2], [3]]);
    expect(writer.counts.completed).toBe(3);
  });

  it('writes no more than 8 MiB together, but one in any case', async () => {
    const gate = new Gate();
    const { written, writer } = start((_batch, indexes) => (indexes.includes(0) ? gate.pass() : Promise.resolve()));
    const sizes = [0, 3, 5, 1, 12, 2];
    const all = sizes.map((size, index) => writer.write('a', answer(index, Buffer.alloc(size * MIB))));
    gate.open();
    await Promise.all(all);
    expect(written.map(([, indexes]) => indexes)).toEqual([[0], [1, 2], [3], [4], [5]]);
  });

  it('has no room for more while 8 MiB wait to be written', async () => {
    const gate = new Gate();
    const { writer } = start(() => gate.pass());
    const writing = [writer.write('a', answer(0, Buffer.alloc(7 * MIB)))];
    await writer.room();
    writing.push(writer.write('b', answer(0, Buffer.alloc(MIB))));
    let isRoom = false;
    const room = writer.room().then(() => (isRoom = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isRoom).toBe(false);
    gate.open();
    await Promise.all([room, ...writing]);
    expect(isRoom).toBe(true);
  });
});
