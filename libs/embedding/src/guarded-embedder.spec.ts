import { FakeClock } from '@relay/testing';
import { LineFullError } from './batch-line';
import type { Embedder, Vectors } from './embedder.port';
import { type EmbedderTrouble, GuardedEmbedder } from './guarded-embedder';

const TIMEOUT_MS = 500;
const MINUTE_MS = 60_000;

/** Answers a text when it is told to. */
class HeldEmbedder implements Embedder {
  readonly id = 'held';
  waiting = 0;
  isStarting = false;
  private readonly asked = new Map<string, { resolve: (vectors: Vectors) => void; reject: (error: Error) => void }>();

  embed([text = '']: readonly string[]): Promise<Vectors> {
    return new Promise((resolve, reject) => this.asked.set(text, { resolve, reject }));
  }

  answer(text: string): void {
    this.asked.get(text)?.resolve([Float32Array.of(1)]);
  }

  refuse(text: string, error: Error): void {
    this.asked.get(text)?.reject(error);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

describe('what is said of an embedder', () => {
  let clock: FakeClock;
  let embedder: HeldEmbedder;
  let guarded: GuardedEmbedder;
  let said: EmbedderTrouble[];

  beforeEach(() => {
    clock = new FakeClock();
    embedder = new HeldEmbedder();
    said = [];
    guarded = new GuardedEmbedder(embedder, clock, (trouble) => said.push(trouble));
  });

  /** Of texts that came together one has its vector in time, two have not. */
  const burst = async (): Promise<void> => {
    const asked = ['a', 'b', 'c'].map((text) => guarded.embed(text, 't:acme'));
    clock.advance(1);
    embedder.answer('a');
    await asked[0];
    clock.advance(TIMEOUT_MS - 1);
    guarded.tooSlow(TIMEOUT_MS);
    guarded.tooSlow(TIMEOUT_MS);
    embedder.answer('b');
    embedder.answer('c');
    await Promise.all(asked);
  };

  it('is once in a minute that it is overloaded, while it answers others', async () => {
    for (let n = 0; n < 12; n++) await burst();
    expect(said).toEqual(['overloaded']);
    clock.advance(MINUTE_MS);
    await burst();
    expect(said).toEqual(['overloaded', 'overloaded']);
  });

  it('is that it is overloaded when it has no room for more', async () => {
    const asked = guarded.embed('a', 't:acme');
    embedder.refuse('a', new LineFullError('too many texts wait'));
    await expect(asked).rejects.toThrow(LineFullError);
    expect(said).toEqual(['overloaded']);
  });

  it('is that it is starting, and that it fails when it does', async () => {
    embedder.isStarting = true;
    const asked = guarded.embed('a', 't:acme');
    clock.advance(TIMEOUT_MS);
    guarded.tooSlow(TIMEOUT_MS);
    guarded.tooSlow(TIMEOUT_MS);
    expect(said).toEqual(['starting']);
    embedder.refuse('a', new Error('the thread died'));
    await expect(asked).rejects.toThrow('died');
    expect(said).toEqual(['starting', 'failing']);
  });

  it('is that it fails when nobody has an answer', async () => {
    await burst();
    void guarded.embed('d', 't:acme');
    clock.advance(TIMEOUT_MS);
    guarded.tooSlow(TIMEOUT_MS);
    expect(said).toEqual(['overloaded', 'failing']);
  });
});
