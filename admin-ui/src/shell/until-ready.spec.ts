import { FakeBrowser } from '../../test/fake-browser';

type Module = typeof import('./until-ready');

describe('asking whether the relay is ready', () => {
  let browser: FakeBrowser;
  let untilReady: Module['untilReady'];
  let page: { hidden: boolean };
  const stopped = (): AbortSignal => new AbortController().signal;
  const pass = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);

  beforeEach(() => {
    jest.useFakeTimers();
    jest.resetModules();
    ({ untilReady } = jest.requireActual<Module>('./until-ready'));
    browser = new FakeBrowser();
    browser.install();
    page = { hidden: false };
    Object.defineProperty(globalThis, 'document', { value: page, configurable: true });
  });
  afterEach(() => {
    Reflect.deleteProperty(globalThis, 'document');
    jest.useRealTimers();
  });

  it('happens at once, and then less and less often', async () => {
    const ready = untilReady(stopped());
    await pass(0);
    expect(browser.asked).toEqual(['/health/ready']);
    await pass(60_000);
    expect(browser.asked.length).toBeLessThan(30);
    browser.answer = () => ({ status: 200 });
    await pass(5_000);
    expect(await ready).toBe(true);
  });

  it('rests in a hidden tab', async () => {
    page.hidden = true;
    void untilReady(stopped());
    await pass(60_000);
    expect(browser.asked).toEqual([]);
  });

  it('is in no hurry where it was ready a moment ago, and yet does not answer all', async () => {
    browser.answer = () => ({ status: 200 });
    expect(await untilReady(stopped())).toBe(true);
    const again = untilReady(stopped());
    await pass(2_000);
    expect(browser.asked).toHaveLength(1);
    await pass(3_000);
    expect(await again).toBe(true);
  });

  it('ends with the one who asked', async () => {
    const gone = new AbortController();
    const ready = untilReady(gone.signal);
    await pass(1_000);
    gone.abort();
    expect(await ready).toBe(false);
  });
});
