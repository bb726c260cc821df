import { Cancellation } from '@relay/core';
import { FakeClock } from '@relay/testing';
import type { ResponseStatus } from './domain/response-status';
import type { StoredResponse } from './domain/stored-response';
import type { ResponseStore } from './persistence/response.store';
import { LOOK_EVERY_MS, MAX_FOLLOWERS_PER_TENANT, ResponseFollower } from './response-follower.service';

const TEXT = { type: 'output_text', text: 'Hello there', annotations: [] };
const OUTPUT = [{ type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content: [TEXT] }];
const LIFE_SIGN = ': still at it\n\n';

const stored = (status: ResponseStatus): StoredResponse => ({
  ...{ id: 'resp_1', status, background: true, previousId: null, asked: {} },
  answer: { id: 'resp_1', object: 'response', status, output: status === 'completed' ? OUTPUT : [] },
});
const eventsIn = (text: string): string[] => [...text.matchAll(/^event: (.*)$/gm)].map(([, name = '']) => name);

describe('a response that is followed', () => {
  let clock: FakeClock;
  let now: StoredResponse | null;
  let gone: Cancellation;
  let follower: ResponseFollower;
  beforeEach(() => {
    clock = new FakeClock();
    gone = new Cancellation();
    now = stored('in_progress');
    const store: Partial<ResponseStore> = {
      find: (tenantId) => Promise.resolve(tenantId === 'globex' ? null : now),
      statusOf: () => Promise.resolve(now?.status ?? null),
    };
    follower = new ResponseFollower(store as ResponseStore, clock);
  });
  const follow = async (after?: string): Promise<AsyncIterator<Buffer>> => {
    const frames = await follower.follow('acme', 'resp_1', after, gone);
    if (!frames.ok) throw frames.error;
    return frames.value[Symbol.asyncIterator]();
  };
  const next = async (frames: AsyncIterator<Buffer>): Promise<string> => {
    const { value } = (await frames.next()) as IteratorResult<Buffer, undefined>;
    return value?.toString() ?? '';
  };

  it('is told to be under way at once, and all of it when it has come about', async () => {
    const frames = await follow();
    expect(eventsIn(await next(frames))).toEqual(['response.created', 'response.in_progress']);
    expect(await next(frames)).toBe(LIFE_SIGN);
    const rest = next(frames);
    await clock.advanceAsync(LOOK_EVERY_MS);
    now = stored('completed');
    await clock.advanceAsync(LOOK_EVERY_MS);
    const told = await rest;
    expect(eventsIn(told)[0]).toBe('response.output_item.added');
    expect(eventsIn(told).at(-1)).toBe('response.completed');
    expect(told).toContain('"sequence_number":2');
    expect((await frames.next()).done).toBe(true);
  });

  it('shows signs of life while it is made', async () => {
    const frames = await follow();
    await next(frames);
    await next(frames);
    const sign = next(frames);
    await clock.advanceAsync(20 * LOOK_EVERY_MS);
    expect(await sign).toBe(LIFE_SIGN);
  });

  it('goes on after the event that a client has', async () => {
    now = stored('completed');
    const all = await next(await follow());
    const numbers = (text: string) => [...text.matchAll(/"sequence_number":(\d+)/g)].map(([, n]) => Number(n));
    expect(numbers(all)).toEqual(eventsIn(all).map((_event, i) => i));
    const rest = await next(await follow('3'));
    expect(numbers(rest)[0]).toBe(4);
    expect(all.endsWith(rest)).toBe(true);
  });

  it.each(['failed', 'cancelled'] as const)('ends with what became of it: %s', async (status) => {
    now = stored(status);
    const told = await next(await follow());
    expect(eventsIn(told).at(-1)).toBe('response.failed');
    expect(told).toContain(`"status":"${status}"`);
  });

  it('breaks off when it is deleted, and when the client leaves', async () => {
    const [one, other] = [await follow(), await follow()];
    for (const frames of [one, other, one, other]) await next(frames);
    const left = next(other);
    gone.abort();
    await expect(left).rejects.toMatchObject({ code: 'client_closed' });
    gone = new Cancellation();
    const deleted = await follow();
    await next(deleted);
    await next(deleted);
    const looking = next(deleted);
    const isRefused = expect(looking).rejects.toMatchObject({ code: 'not_found' });
    now = null;
    await clock.advanceAsync(LOOK_EVERY_MS);
    await isRefused;
  });

  it('is none of another tenant, and needs a number to go on from', async () => {
    expect(await follower.follow('globex', 'resp_1', undefined, gone)).toMatchObject({ error: { code: 'not_found' } });
    expect(await follower.follow('acme', 'resp_1', 'x', gone)).toMatchObject({ error: { param: 'starting_after' } });
  });

  it('has a seat before it is ordered, or is not ordered', async () => {
    const ends: (() => void)[] = [];
    const order = () => new Promise<void>((resolve) => ends.push(resolve));
    const all = Array.from({ length: MAX_FOLLOWERS_PER_TENANT }, () => follower.seated('acme', order));
    expect(await follower.seated('acme', order)).toMatchObject({ ok: false, error: { code: 'overloaded' } });
    expect(ends).toHaveLength(MAX_FOLLOWERS_PER_TENANT);
    for (const end of ends.splice(0)) end();
    await Promise.all(all);
    const failing = follower.seated('acme', () => Promise.reject(new Error('the database is away')));
    await expect(failing).rejects.toThrow('away');
    const again = all.map(() => follower.seated('acme', () => Promise.resolve()));
    expect(await Promise.all(again)).toEqual(again.map(() => ({ ok: true })));
  });

  it('is followed without a look-up when it was ordered just now', async () => {
    now = null;
    const frames = follower.followOrdered('acme', stored('queued'), gone)[Symbol.asyncIterator]();
    expect(eventsIn(await next(frames))).toEqual(['response.created', 'response.in_progress']);
  });

  it('leaves room for other tenants, and gives it back', async () => {
    const all = await Promise.all(Array.from({ length: MAX_FOLLOWERS_PER_TENANT }, () => follow()));
    for (const frames of all) await next(frames);
    const another = () => follower.follow('acme', 'resp_1', undefined, gone);
    expect(await another()).toMatchObject({ ok: false, error: { code: 'overloaded' } });
    expect(await follower.follow('initech', 'resp_1', undefined, gone)).toMatchObject({ ok: true });
    await all[0]?.return?.();
    expect(await another()).toMatchObject({ ok: true });
  });
});
