import { FakeBrowser } from '../../test/fake-browser';
import type { StreamEvent } from './event-parser';
import type { StreamState } from './follow-forever';

const ORIGIN = 'http://relay.test';

/** A stream whose other end is the test. */
class FakeStream {
  private controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  cancelled = false;
  readonly reply = new Response(
    new ReadableStream<Uint8Array>({
      start: (controller) => void (this.controller = controller),
      cancel: () => void (this.cancelled = true),
    }),
  );
  say(text: string): void {
    this.controller?.enqueue(new TextEncoder().encode(text));
  }
  end(): void {
    this.controller?.close();
  }
}

describe('an event stream that is followed', () => {
  let browser: FakeBrowser;
  let streams: FakeStream[];
  let lastIds: (string | null)[];
  let events: StreamEvent[];
  let states: StreamState[];
  let stopped: AbortController;
  let setReachable: (reachable: boolean) => void;

  const latest = (): FakeStream => streams.at(-1) as FakeStream;
  const follow = (): Promise<void> => {
    jest.resetModules();
    const { followForever } = jest.requireActual<typeof import('./follow-forever')>('./follow-forever');
    ({ setReachable } = jest.requireActual<typeof import('./reachability')>('./reachability'));
    return followForever(`${ORIGIN}/api/traces/tail`, stopped.signal, {
      onEvent: (event) => events.push(event),
      onState: (state) => states.push(state),
    });
  };
  const opens = (): void => {
    browser.answer = ({ headers }) => {
      lastIds.push(headers.get('last-event-id'));
      streams.push(new FakeStream());
      return latest().reply;
    };
  };
  const pass = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);

  beforeEach(() => {
    jest.useFakeTimers();
    browser = new FakeBrowser();
    browser.install();
    [streams, lastIds, events, states, stopped] = [[], [], [], [], new AbortController()];
    opens();
  });
  afterEach(() => {
    stopped.abort();
    jest.useRealTimers();
  });

  it('goes on after the last event when it breaks', async () => {
    void follow();
    await pass(0);
    latest().say('id: 7\nevent: trace\ndata: a\n\nevent: end\ndata: login_expired\n\n');
    await pass(0);
    latest().end();
    await pass(0);
    expect(states).toEqual(['open', 'waiting']);
    await pass(1_000);
    expect(lastIds).toEqual([null, '7']);
    expect(states).toEqual(['open', 'waiting', 'open']);
    expect(events.map(({ name }) => name)).toEqual(['trace', 'end']);
  });

  it('is given up and opened anew when it has been silent for three heartbeats', async () => {
    void follow();
    await pass(0);
    for (let beat = 0; beat < 4; beat += 1) {
      await pass(15_000);
      latest().say(':\n\n');
    }
    await pass(44_000);
    expect(streams).toHaveLength(1);
    await pass(3_000);
    expect(streams).toHaveLength(2);
    expect(streams[0]?.cancelled).toBe(true);
  });

  it.each([408, 429])('is asked for again after %i, less and less often', async (status) => {
    browser.answer = () => ({ status });
    void follow();
    await pass(60_000);
    expect(states).not.toContain('refused');
    expect(browser.asked.length).toBeGreaterThan(4);
    expect(browser.asked.length).toBeLessThan(10);
    opens();
    await pass(30_000);
    expect(states.at(-1)).toBe('open');
  });

  it.each([400, 403, 404])('ends for good at %i, and says so', async (status) => {
    browser.answer = () => ({ status });
    await follow();
    expect(states).toEqual(['refused']);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is opened at once when the relay answers again', async () => {
    browser.answer = () => null;
    void follow();
    await pass(120_000);
    opens();
    setReachable(true);
    await pass(0);
    expect(states.at(-1)).toBe('open');
  });

  it('lets go of the connection when nobody looks any more', async () => {
    const following = follow();
    await pass(0);
    stopped.abort();
    latest().end();
    await following;
    await pass(60_000);
    expect(streams).toHaveLength(1);
    expect(jest.getTimerCount()).toBe(0);
  });
});
