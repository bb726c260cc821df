import type { ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { FakeClock } from '@relay/testing';
import { writeAll } from './write-all';

const STALL_MS = 60_000;

async function* texts(...all: string[]): AsyncGenerator<string> {
  for (const text of all) yield await Promise.resolve(text);
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('writing down an export', () => {
  let clock: FakeClock;
  let client: PassThrough;

  beforeEach(() => {
    clock = new FakeClock();
    client = new PassThrough({ highWaterMark: 1_000 });
  });
  const write = async (isZipped: boolean, ...all: string[]): Promise<void> => {
    const source = texts(...all);
    await writeAll(client as unknown as ServerResponse, isZipped, await source.next(), source, clock);
  };

  it.each([true, false])('hands on each character, also those that lie across slices, zipped: %s', async (isZipped) => {
    const long = `x${'😀'.repeat(100_000)}`;
    const received: Buffer[] = [];
    client.on('data', (chunk: Buffer) => received.push(chunk));
    await write(isZipped, long, 'end');
    const bytes = Buffer.concat(received);
    expect((isZipped ? gunzipSync(bytes) : bytes).toString() === `${long}end`).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('cuts off a client that takes nothing for a minute, however little it took before', async () => {
    const written = write(false, 'x'.repeat(1_000_000));
    const ended = expect(written).rejects.toMatchObject({ cause: { message: 'the client stopped reading' } });
    await turn();
    client.read(100);
    clock.advance(STALL_MS - 1);
    await turn();
    expect(clock.pending).toBe(1);
    clock.advance(1);
    await ended;
    expect(clock.pending).toBe(0);
  });

  it('goes on as long as the client takes slice after slice', async () => {
    const written = write(false, 'x'.repeat(200_000));
    let taken = 0;
    for (let isOpen = true; isOpen; isOpen = taken < 200_000) {
      await turn();
      clock.advance(STALL_MS - 1);
      taken += (client.read() as Buffer | null)?.length ?? 0;
    }
    await expect(written).resolves.toBeUndefined();
  });

  it('ends when the client leaves', async () => {
    const written = write(false, 'x'.repeat(1_000_000));
    const ended = expect(written).rejects.toMatchObject({ cause: { message: 'the client left' } });
    await turn();
    client.destroy();
    await ended;
    expect(clock.pending).toBe(0);
  });
});
