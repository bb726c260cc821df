import { FakeClock } from '@relay/testing';
import { Logger } from '@nestjs/common';
import type { ChangeBus } from './change-bus.port';
import type { ChangeListener, IdentityChange } from './identity-change';
import { IdentityChanges } from './identity-changes';

const KEY: IdentityChange = { kind: 'key', id: 'k-1' };

/** A bus that the test speaks on. */
class ScriptedBus implements ChangeBus {
  readonly published: IdentityChange[] = [];
  listener: ChangeListener | null = null;
  fault: Error | null = null;

  publish(change: IdentityChange): Promise<void> {
    if (this.fault) return Promise.reject(this.fault);
    this.published.push(change);
    return Promise.resolve();
  }

  follow(listener: ChangeListener): Promise<void> {
    this.listener = listener;
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

describe('changes of keys, tenants and users', () => {
  let bus: ScriptedBus;
  let heard: string[];
  const start = async (over: ChangeBus | null): Promise<IdentityChanges> => {
    const changes = new IdentityChanges(over, new FakeClock());
    changes.listen({ changed: ({ id }) => heard.push(id), missed: () => heard.push('missed') });
    await changes.onApplicationBootstrap();
    return changes;
  };
  beforeEach(() => {
    bus = new ScriptedBus();
    heard = [];
  });
  afterEach(() => jest.restoreAllMocks());

  it('hold here before anybody else hears of them, also without others', async () => {
    const told = (await start(null)).announce(KEY);
    expect(heard).toEqual(['k-1']);
    await told;
  });

  it('are told once here: what comes back from the bus is known', async () => {
    await (await start(bus)).announce(KEY);
    bus.listener?.changed(bus.published[0] ?? KEY);
    expect(heard).toEqual(['k-1']);
  });

  it('of others are heard, and that some were missed', async () => {
    await start(bus);
    bus.listener?.changed({ ...KEY, from: 'another process' });
    bus.listener?.changed(KEY); // of a version that does not say
    bus.listener?.missed();
    expect(heard).toEqual(['k-1', 'k-1', 'missed']);
  });

  it('hold here when nobody else can be told, and that is logged once', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    const changes = await start(bus);
    bus.fault = new Error('away');
    await changes.announce(KEY);
    await changes.announce(KEY);
    expect(heard).toEqual(['k-1', 'k-1']);
    expect(warn).toHaveBeenCalledTimes(1);
  });
});
