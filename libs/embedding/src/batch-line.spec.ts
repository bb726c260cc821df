import { Gate } from '@relay/testing';
import { BatchLine, LineFullError, type LineLimits } from './batch-line';
import type { Vectors } from './embedder.port';

const vectorOf = (text: string): Float32Array => Float32Array.of(text.length);
const vectorsOf = (texts: readonly string[]): Vectors => texts.map(vectorOf);

const BACKGROUND = { maxBatch: 1, maxWaiting: 2 };

/** A line whose batches wait for the gate, and are noted. */
function heldLine(limits: Omit<LineLimits, 'background'>): {
  line: BatchLine<string>;
  gate: Gate;
  batches: (readonly string[])[];
} {
  const gate = new Gate();
  const batches: (readonly string[])[] = [];
  const work = async (texts: readonly string[]): Promise<Vectors> => {
    batches.push(texts);
    await gate.pass();
    return vectorsOf(texts);
  };
  return { line: new BatchLine<string>(work, { ...limits, background: BACKGROUND }), gate, batches };
}

describe('the line of texts', () => {
  it('embeds together what came while a batch was under way, and gives everybody their own vector', async () => {
    const { line, gate, batches } = heldLine({ maxBatch: 2, maxWaiting: 10, parallel: 1 });
    const asked = ['a', 'bb', 'ccc', 'dddd'].map((text) => line.embed([text]));
    expect(line.waiting).toBe(4);
    gate.open();
    expect(await Promise.all(asked)).toEqual([
      [vectorOf('a')],
      [vectorOf('bb')],
      [vectorOf('ccc')],
      [vectorOf('dddd')],
    ]);
    expect(batches).toEqual([['a'], ['bb', 'ccc'], ['dddd']]);
    expect(line.waiting).toBe(0);
  });

  it('has as many batches under way as it may', async () => {
    const { line, gate, batches } = heldLine({ maxBatch: 1, maxWaiting: 10, parallel: 2 });
    const asked = ['a', 'bb', 'ccc'].map((text) => line.embed([text]));
    expect(batches).toEqual([['a'], ['bb']]);
    gate.open();
    await Promise.all(asked);
  });

  it('refuses texts for which there is no room, and takes others when there is again', async () => {
    const { line, gate } = heldLine({ maxBatch: 1, maxWaiting: 2, parallel: 1 });
    const under = line.embed(['under way']);
    const waits = line.embed(['one', 'two']);
    await expect(line.embed(['three'])).rejects.toThrow(LineFullError);
    gate.open();
    await Promise.all([under, waits]);
    expect(await line.embed(['three'])).toEqual([vectorOf('three')]);
  });

  it('fails for those whose batch failed, and for nobody else', async () => {
    const line = new BatchLine<string>(
      (texts) => (texts.includes('bad') ? Promise.reject(new Error('no')) : Promise.resolve(vectorsOf(texts))),
      { maxBatch: 1, maxWaiting: 10, parallel: 1, background: BACKGROUND },
    );
    const [bad, good] = await Promise.allSettled([line.embed(['bad']), line.embed(['good'])]);
    expect(bad).toMatchObject({ status: 'rejected', reason: { message: 'no' } });
    expect(good).toEqual({ status: 'fulfilled', value: [vectorOf('good')] });
  });

  it('passes over texts that nobody wants any more', async () => {
    const { line, gate, batches } = heldLine({ maxBatch: 8, maxWaiting: 10, parallel: 1 });
    const leaver = new AbortController();
    const under = line.embed(['under way']);
    const left = line.embed(['left'], leaver);
    const stays = line.embed(['stays']);
    leaver.abort(new Error('the client left'));
    gate.open();
    await expect(left).rejects.toThrow('the client left');
    await Promise.all([under, stays]);
    expect(batches).toEqual([['under way'], ['stays']]);
    await expect(line.embed(['more'], leaver)).rejects.toThrow('the client left');
  });

  it('embeds for the background while nothing else waits, one batch at a time', async () => {
    const { line, gate, batches } = heldLine({ maxBatch: 8, maxWaiting: 10, parallel: 2 });
    const rest = line.embed(['one', 'two'], { background: true });
    const asked = ['a', 'b', 'c'].map((text) => line.embed([text]));
    expect(batches).toEqual([['one'], ['a']]);
    gate.open();
    await Promise.all([rest, ...asked]);
    expect(batches).toEqual([['one'], ['a'], ['b', 'c'], ['two']]);
  });

  it('has room of its own for the background', async () => {
    const { line, gate } = heldLine({ maxBatch: 1, maxWaiting: 1, parallel: 1 });
    const under = line.embed(['under way']);
    const rest = line.embed(['one', 'two'], { background: true });
    await expect(line.embed(['three'], { background: true })).rejects.toThrow(LineFullError);
    const waits = line.embed(['waits']);
    expect(line.waiting).toBe(4);
    gate.open();
    await Promise.all([under, rest, waits]);
  });

  it('refuses what waits and what comes once it is closed', async () => {
    const { line, gate } = heldLine({ maxBatch: 1, maxWaiting: 10, parallel: 1 });
    const under = line.embed(['under way']);
    const waits = line.embed(['waits']);
    const rest = line.embed(['rest'], { background: true });
    line.close(new Error('closed'));
    await expect(waits).rejects.toThrow('closed');
    await expect(rest).rejects.toThrow('closed');
    await expect(line.embed(['late'])).rejects.toThrow('closed');
    gate.open();
    expect(await under).toEqual([vectorOf('under way')]);
  });
});
