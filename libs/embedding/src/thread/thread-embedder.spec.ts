import { FakeClock, Gate } from '@relay/testing';
import { LineFullError } from '../batch-line';
import { ThreadEmbedder } from './thread-embedder';
import type { ThreadModel } from './thread-protocol';

const BUILTIN: ThreadModel = { kind: 'builtin' };
/** Its thread dies when it loads the model. */
const BROKEN: ThreadModel = {
  kind: 'onnx',
  runtime: 'onnxruntime-web',
  name: 'nothing',
  files: { folder: '/nowhere', model: 'model.onnx' },
  pooling: 'mean',
  maxTokens: 8,
};

describe('an embedder in a thread', () => {
  let clock: FakeClock;
  let embedder: ThreadEmbedder;
  let starts: number;

  /** Loads these models one after the other, the last one again and again. */
  function embedderOf(...models: ThreadModel[]): ThreadEmbedder {
    return new ThreadEmbedder(clock, null, () => {
      const model = models[Math.min(starts++, models.length - 1)];
      return model ? Promise.resolve(model) : Promise.reject(new Error('the hub is away'));
    });
  }

  beforeEach(() => {
    clock = new FakeClock();
    starts = 0;
  });
  afterEach(() => embedder.close());

  it('starts its thread with the first text, and knows its id when the model is loaded', async () => {
    embedder = embedderOf(BUILTIN);
    expect([starts, embedder.id]).toEqual([0, null]);
    await Promise.all([embedder.embed(['hello']), embedder.embed(['there'])]);
    expect([starts, embedder.id]).toEqual([1, 'builtin/use-lite-512@0.2.0']);
  });

  it('leaves the event loop free', async () => {
    embedder = embedderOf(BUILTIN);
    await embedder.embed(['hello']);
    let turns = 0;
    let running = true;
    const turn = (): unknown => (turns++, running && setImmediate(turn));
    turn();
    await embedder.embed(Array.from({ length: 32 }, (_, index) => `How do I reset password number ${index}?`));
    running = false;
    expect(turns).toBeGreaterThan(100); // in this thread it would be a handful: one or two a batch
  });

  it('refuses more texts than may wait', async () => {
    embedder = embedderOf(BUILTIN);
    const asked = Array.from({ length: 64 + 1 }, (_, index) => embedder.embed([`text ${index}`]));
    await expect(embedder.embed(['one more'])).rejects.toThrow(LineFullError);
    expect(await Promise.all(asked)).toHaveLength(65);
  });

  it('fails when the thread dies, and starts another one a second later at the earliest, then two', async () => {
    embedder = embedderOf(BROKEN, BROKEN, BUILTIN);
    await expect(embedder.embed(['hello'])).rejects.toThrow('ENOENT');
    await expect(embedder.embed(['hello'])).rejects.toThrow('a moment ago');
    clock.advance(1_000);
    await expect(embedder.embed(['hello'])).rejects.toThrow('ENOENT');
    clock.advance(1_000);
    await expect(embedder.embed(['hello'])).rejects.toThrow('a moment ago');
    clock.advance(1_000);
    expect(await embedder.embed(['hello'])).toHaveLength(1);
  });

  it('fails when the model cannot be had, and tries again later', async () => {
    embedder = new ThreadEmbedder(clock, null, () =>
      starts++ === 0 ? Promise.reject(new Error('the hub is away')) : Promise.resolve(BUILTIN),
    );
    await expect(embedder.embed(['hello'])).rejects.toThrow('the hub is away');
    clock.advance(1_000);
    expect(await embedder.embed(['hello'])).toHaveLength(1);
  });

  it('ends a thread that does not answer, and starts another one', async () => {
    embedder = embedderOf(BUILTIN);
    const asked = embedder.embed(['hello']);
    const refused = expect(asked).rejects.toThrow('stuck');
    await nextTurn(); // the thread is started, and needs much longer to load its model than this takes
    clock.advance(60_000);
    await refused;
    clock.advance(1_000);
    expect(await embedder.embed(['hello'])).toHaveLength(1);
    expect(starts).toBe(2);
  });

  it('ends a thread that was idle for ten minutes, and starts another one when it is needed', async () => {
    embedder = embedderOf(BUILTIN);
    await embedder.embed(['hello']);
    clock.advance(600_000);
    expect(clock.pending).toBe(0);
    expect(await embedder.embed(['hello'])).toHaveLength(1);
    expect(starts).toBe(2);
  });

  it('is kept ready where it is wanted, for as long as it is', async () => {
    embedder = embedderOf(BUILTIN);
    embedder.keepReady(true);
    const first = embedder.embed(['hello']);
    expect(embedder.isStarting).toBe(true);
    await first;
    expect(embedder.isStarting).toBe(false);
    clock.advance(600_000);
    await embedder.embed(['hello']);
    expect(starts).toBe(1);
    embedder.keepReady(false);
    clock.advance(600_000);
    await embedder.embed(['hello']);
    expect(starts).toBe(2);
  });

  it('starts no thread when it is closed while it fetches its model', async () => {
    const gate = new Gate();
    let signal: AbortSignal | null = null;
    embedder = new ThreadEmbedder(clock, null, async (closing) => {
      signal = closing;
      await gate.pass();
      return BUILTIN;
    });
    const refused = expect(embedder.embed(['hello'])).rejects.toThrow('closed');
    await gate.reached;
    await embedder.close();
    expect(signal).toMatchObject({ aborted: true });
    gate.open();
    await refused;
    await expect(embedder.embed(['hello'])).rejects.toThrow('closed');
  });
});

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
