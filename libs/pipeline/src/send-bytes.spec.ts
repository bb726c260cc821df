import { Cancellation } from '@relay/core';
import type { Reply } from './exchange';
import { sendAllButLast } from './send-bytes';

describe('sendAllButLast', () => {
  const start = (texts: readonly string[], isSlow = false) => {
    const written: string[] = [];
    const resumes: (() => void)[] = [];
    let read = 0;
    async function* chunks(): AsyncGenerator<Buffer> {
      for (const text of texts) {
        read++;
        yield await Promise.resolve(Buffer.from(text));
      }
    }
    const write = (chunk: Buffer, resume: () => void): boolean => {
      written.push(chunk.toString());
      if (isSlow) resumes.push(resume);
      return !isSlow;
    };
    const gone = new Cancellation();
    const sent = sendAllButLast({ write } as Partial<Reply> as Reply, chunks(), gone);
    return { written, resumes, gone, sent, read: () => read };
  };
  const settle = () => new Promise((resolve) => setImmediate(resolve));

  it('keeps the last one back, which ends the reply', async () => {
    const { sent, written } = start(['a', 'b', 'c']);
    expect((await sent).toString()).toBe('c');
    expect(written).toEqual(['a', 'b']);
    expect(await start([]).sent).toHaveLength(0);
  });

  it('reads no further than a slow client takes', async () => {
    const { sent, resumes, read } = start(['a', 'b', 'c'], true);
    await settle();
    expect(read()).toBe(2);
    resumes[0]?.();
    await settle();
    expect(read()).toBe(3);
    resumes[1]?.();
    expect((await sent).toString()).toBe('c');
  });

  it('ends when the client leaves', async () => {
    const { sent, gone, read } = start(['a', 'b', 'c'], true);
    await settle();
    gone.abort();
    await expect(sent).rejects.toMatchObject({ code: 'client_closed' });
    expect(read()).toBe(2);
  });
});
