import { Logger } from '@nestjs/common';
import { FakeClock, Gate } from '@relay/testing';
import type { DataSource } from 'typeorm';
import { aTrace } from '../../test/trace-record.builder';
import type { TraceShipper } from '../trace-shipper';
import { SpendLedger } from './spend-ledger';

describe('what a tenant spent', () => {
  const clock = new FakeClock();
  let flushing: Gate | null;
  let stored: { tenant: string; usd: number }[];
  let reading: Gate | null;
  let ledger: SpendLedger;

  const spend = (usd: string): void => ledger.observe(aTrace(clock.now(), { costUsd: usd }));
  const spent = (): number | null => ledger.spentUsd('acme');

  beforeEach(async () => {
    Logger.overrideLogger(false);
    [flushing, reading, stored] = [null, null, []];
    const shipper = { flush: async () => flushing?.pass(), lastError: null };
    const query = async (): Promise<typeof stored> => {
      const rows = stored;
      await reading?.pass();
      return rows;
    };
    ledger = new SpendLedger({ query } as unknown as DataSource, shipper as unknown as TraceShipper, clock);
    await ledger.refresh();
  });
  afterEach(() => ledger.onApplicationShutdown());

  it('stays as it was while it is read anew, and counts nothing twice afterwards', async () => {
    spend('0.25');
    flushing = new Gate();
    reading = new Gate();
    const refreshed = ledger.refresh();
    await flushing.reached;
    expect(spent()).toBe(0.25);
    spend('0.5');
    stored = [{ tenant: 'acme', usd: 0.25 }];
    flushing.open();
    await reading.reached;
    expect(spent()).toBe(0.75);
    reading.open();
    await refreshed;
    expect(spent()).toBe(0.75);
  });

  it('is told apart from what is stored', async () => {
    stored = [{ tenant: 'acme', usd: 0.25 }];
    await ledger.refresh();
    spend('0.5');
    expect([ledger.storedUsd('acme'), ledger.storedUsd('globex')]).toEqual([0.25, 0]);
    clock.advance(31 * 86_400_000); // another month, which nobody has read yet
    expect(ledger.storedUsd('acme')).toBeNull();
  });

  it('is still known after a reading that came to nothing', async () => {
    spend('0.25');
    flushing = new Gate();
    const refreshed = ledger.refresh();
    await flushing.reached;
    spend('0.5');
    await clock.advanceAsync(2_000); // own rows are late
    await refreshed;
    expect(spent()).toBe(0.75);
  });
});

it('how long answers are is learned from texts, not from images and recordings', () => {
  const clock = new FakeClock();
  const shipper = { flush: () => Promise.resolve() } as unknown as TraceShipper;
  const ledger = new SpendLedger({} as DataSource, shipper, clock);
  const answered = (operation: string, outputTokens: number): void =>
    ledger.observe(aTrace(clock.now(), { outputTokens, features: { 'request.operation': operation } }));
  answered('chat', 100);
  answered('images.generations', 4_000);
  answered('audio.speech', 4_000);
  expect(ledger.outputTokens().get('')).toBe(100);
});
