import { InternalRequests } from './internal-requests.service';
import { succeeds } from '../../test/outcomes';
import { chat, PipelineHarness, PRINCIPAL } from '../../test/pipeline-harness';

const EU_RULE = { id: 'eu', when: '"eu" in request.tags', then: { route: { providers: ['b'] } } };

describe('requests of the relay itself', () => {
  let relay: PipelineHarness;
  let requests: InternalRequests;

  const start = async (settings: Parameters<typeof PipelineHarness.start>[0]): Promise<void> => {
    relay = await PipelineHarness.start(settings);
    requests = relay.internalRequests;
    relay.providers.script('a', succeeds);
    relay.providers.script('b', succeeds);
  };
  afterEach(() => relay.close());

  const ask = (more: object = {}) => requests.ask({ principal: PRINCIPAL, body: chat(), purpose: 'judge', ...more });

  it('have a trace of their own, which says what for', async () => {
    await start({});
    const reply = await ask();
    expect(reply).toMatchObject({ ok: true, value: { status: 200, cache: 'bypass' } });
    expect(relay.recorder.records).toMatchObject([{ endpoint: 'internal:judge', tenant: 'acme', stream: false }]);
  });

  it('are planned with the headers of the request behind them', async () => {
    await start({ rules: [EU_RULE] });
    await ask({ headers: { 'x-relay-tags': 'eu' } });
    expect(relay.recorder.records).toMatchObject([{ provider: 'b' }]);
  });

  it('go no further than the data of the request behind them may', async () => {
    await start({});
    await ask({ within: { regions: null, providers: ['b'] } });
    expect(relay.recorder.records).toMatchObject([{ provider: 'b' }]);
    expect(await ask({ within: { regions: ['eu'], providers: null } })).toMatchObject({
      ok: true,
      value: { status: 503 },
    });
  });

  it('let everybody else go first, but for those that somebody waits for', async () => {
    await start({});
    await ask();
    expect(relay.scheduler.lastAsked).toMatchObject({ class: 'long', level: 'batch' });
    await ask({ purpose: 'verify' });
    expect(relay.scheduler.lastAsked).toMatchObject({ class: 'short', level: 'standard' });
  });

  it('do not stream, whatever the request behind them did', async () => {
    await start({});
    expect(await ask({ body: chat({ stream: true }) })).toMatchObject({ ok: true, value: { status: 200 } });
    expect(relay.recorder.records).toMatchObject([{ stream: false }]);
  });

  it('take for warmed what all processes share, not what only this one holds', async () => {
    await start({});
    jest.spyOn(relay.cache, 'hasL2', 'get').mockReturnValue(true);
    const inShared = jest.spyOn(relay.cache, 'getL2').mockResolvedValue(undefined); // a Redis that took nothing
    const warm = (headers = {}) => ask({ purpose: 'warm', headers });
    const finds = () => warm({ 'cache-control': 'only-if-cached' });
    expect(await warm()).toMatchObject({ value: { status: 200, cache: 'miss' } });
    expect(await finds()).toMatchObject({ value: { status: 504 } });
    expect(await relay.send()).toMatchObject({ status: 200 });
    expect(relay.recorder.records.at(-1)).toMatchObject({ cache: 'exact-l1' });
    const answer = relay.cache.getL1(String(inShared.mock.calls[0]?.[0]));
    inShared.mockResolvedValue(answer);
    expect(await finds()).toMatchObject({ value: { status: 200, cache: 'exact-l2' } });
  });

  it('are not made once the relay stops', async () => {
    await start({});
    requests.onApplicationShutdown();
    expect(await ask()).toMatchObject({ ok: false, error: { code: 'unavailable' } });
    expect(relay.recorder.records).toEqual([]);
  });
});
