import type { LineAnswer, LineStore } from '@relay/batches';
import { AnswerWriter } from './answer-writer';

const answer = (index: number): LineAnswer => ({
  ...{ index, outcome: 'completed', response: null, error: null, usage: null },
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
});
