import { FakeClock, Gate } from '@relay/testing';
import type { AnsweredResponse, ResponseStore } from './persistence/response.store';
import { ResponseKeeper } from './response-keeper.service';

const ANSWERED = { id: 'resp_1' } as AnsweredResponse;

describe('keeping an answer', () => {
  let clock: FakeClock;
  let gate: Gate;
  let isAway: boolean;
  let keeper: ResponseKeeper;
  beforeEach(() => {
    clock = new FakeClock();
    gate = new Gate();
    isAway = false;
    const store: Partial<ResponseStore> = {
      insert: () => (isAway ? Promise.reject(new Error('away')) : gate.pass()),
    };
    keeper = new ResponseKeeper(store as ResponseStore, clock);
  });

  it('is waited for', async () => {
    let isKept = false;
    const keeping = keeper.keep(ANSWERED).then(() => (isKept = true));
    await clock.advanceAsync(1_999);
    expect(isKept).toBe(false);
    gate.open();
    await keeping;
    expect(keeper.stats()).toEqual({ kept: 1, failed: 0, late: 0, skipped: 0 });
  });

  it('holds an answer up for two seconds at most, and goes on behind it', async () => {
    const keeping = keeper.keep(ANSWERED);
    clock.advance(2_000);
    await keeping;
    expect(keeper.stats()).toMatchObject({ kept: 0, late: 1 });
    gate.open();
    await clock.advanceAsync(0);
    expect(keeper.stats()).toMatchObject({ kept: 1, late: 1 });
  });

  it('is given up where the database is away, and counted', async () => {
    isAway = true;
    await keeper.keep(ANSWERED);
    expect(keeper.stats()).toMatchObject({ kept: 0, failed: 1 });
  });

  it('is not begun while too many are under way', async () => {
    for (let n = 0; n < 256; n++) void keeper.keep(ANSWERED);
    await keeper.keep(ANSWERED);
    expect(keeper.stats()).toMatchObject({ skipped: 1 });
    gate.open();
    await clock.advanceAsync(0);
    expect(keeper.stats()).toMatchObject({ kept: 256, skipped: 1 });
  });
});
