import { completionJson, errorReply, jsonReply } from '@relay/testing';
import { OverrideBook } from '../overrides/override-book';
import { relayConfig, WatchedTarget } from '../testing/watched-target';
import { TargetProbe } from './target-probe.service';

describe('a probe', () => {
  let target: WatchedTarget;
  let probe: TargetProbe;
  beforeEach(async () => {
    target = await WatchedTarget.start();
    probe = new TargetProbe(target.registry, target.clock);
  });
  afterEach(() => target.close());

  it('asks a model for one token, whatever breakers and operators say, and counts for neither', async () => {
    const [since, until] = [target.clock.now(), target.clock.now() + 60_000];
    const override = { provider: 'a', target: null, mode: 'open', since, until, by: 'op', reason: 'why' } as const;
    target.monitor.override(new OverrideBook([override]));
    target.upstream.enqueue(jsonReply(completionJson('H')));
    expect(await probe.run('a', 'up')).toMatchObject({ check: 'answer', target: 'up', ok: true, upstreamStatus: 200 });
    expect(target.upstream.requests[0]?.json()).toMatchObject({ model: 'up', max_tokens: 1 });
    expect(target.figures).toMatchObject({ samples: 0, breaker: 'open' });
  });

  it('tells what went wrong in the words of the errors that clients get', async () => {
    target.upstream.enqueue(errorReply(401, 'bad key sk-secret'));
    const found = await probe.run('a', 'up');
    expect(found).toMatchObject({ ok: false, upstreamStatus: 401, code: 'upstream_error' });
    expect(found?.message).toContain('did not accept');
    expect(found?.message).not.toContain('sk-secret');
    expect(target.figures.samples).toBe(0);
  });

  it('opens a connection where there is no model to ask', async () => {
    expect(await probe.run('a', null)).toMatchObject({ check: 'connection', target: null, ok: true });
    await target.upstream.close();
    expect(await probe.run('a', null)).toMatchObject({ check: 'connection', ok: false, code: 'upstream_error' });
  });

  it('is not made where the provider is gone', async () => {
    target.store.replace(relayConfig([]));
    expect(await probe.run('a', 'up')).toBeNull();
  });
});
