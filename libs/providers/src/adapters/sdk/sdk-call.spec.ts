import { systemClock } from '@relay/core';
import type { BodyStep } from '@relay/testing';
import type { Dispatcher } from 'undici';
import { providerConfig } from '../../testing/call-harness';
import type { VendorWire } from '../../testing/vendor-wire';
import { VENDOR_WIRES } from '../../testing/vendor-wires';
import { anthropicVendor } from '../anthropic/anthropic.vendor';
import { bedrockVendor } from '../bedrock/bedrock.vendor';
import { cohereVendor } from '../cohere/cohere.vendor';
import { googleVendor } from '../google/google.vendor';
import type { UpstreamPool } from '../http/upstream-pool';
import { runChat } from './run-chat';
import { SdkCall } from './sdk-call';
import type { SdkContext } from './sdk-context';

const VENDORS = [anthropicVendor, googleVendor, bedrockVendor, cohereVendor];
const ORIGIN = 'http://vendor.example';

/** Pieces of 60 kB that may be read before the reading stops: what the steps of a package hold, and what the relay reads ahead. */
const MAX_AHEAD = 12;

/** A turn of the loop: what waits for a timer or for input is not done by then. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Stands for the connections: the test brings the bytes itself, and knows when. */
class HandledPool {
  readonly controller = {
    paused: false,
    abort: () => undefined,
    pause: () => void (this.controller.paused = true),
    resume: () => void (this.controller.paused = false),
  };
  readonly dispatched: Promise<Dispatcher.DispatchHandler>;
  dispatch!: (options: unknown, handler: Dispatcher.DispatchHandler) => void;

  constructor() {
    this.dispatched = new Promise((resolve) => {
      this.dispatch = (_options, handler) => resolve(handler);
    });
  }

  async answer(contentType: string): Promise<(step: BodyStep) => void> {
    const handler = await this.dispatched;
    const controller = this.controller as unknown as Dispatcher.DispatchController;
    handler.onRequestStart?.(controller, null);
    handler.onResponseStart?.(controller, 200, { 'content-type': contentType }, 'OK');
    return (step) => handler.onResponseData?.(controller, Buffer.from(step as string));
  }
}

async function contextOf(wire: VendorWire, pool: HandledPool): Promise<SdkContext> {
  const vendor = VENDORS.find(({ name }) => name === wire.kind);
  if (!vendor) throw new Error(`no vendor of kind ${wire.kind}`);
  const provider = providerConfig({ kind: wire.kind, region: 'eu-central-1' });
  const models = await vendor.load(provider, `${ORIGIN}/v1`);
  return {
    ...{ providerId: 'p', origin: ORIGIN, vendor, clock: systemClock, timeouts: provider.timeouts, apiKey: 'k' },
    ...{ secrets: [], headers: {}, models: () => Promise.resolve(models) },
    connections: { pool, isFreshConnection: false } as unknown as UpstreamPool,
  };
}

describe.each(VENDOR_WIRES)('a stream of $kind', (wire) => {
  let pool: HandledPool;
  let call: SdkCall;
  let abort: AbortController;
  let seen = '';
  let isFull = false;
  let resume: () => void = () => undefined;

  beforeEach(async () => {
    [pool, abort, seen, isFull] = [new HandledPool(), new AbortController(), '', false];
    call = new SdkCall(
      await contextOf(wire, pool),
      {
        ...{ operation: 'chat', model: 'm', body: Buffer.alloc(0), contentType: 'application/json', patch: {} },
        ...{ stream: true, clientWantsUsage: false, requestId: 'r', timeoutMs: 20_000, signal: abort.signal },
      },
      {
        onFrames(frames, goOn) {
          seen += frames.toString();
          resume = goOn;
          return !isFull;
        },
      },
    );
    void call.run(() => runChat(call, { messages: [{ role: 'user', content: 'Hi' }] }));
  });

  afterEach(async () => {
    abort.abort();
    expect((await call.outcome).kind).toBe('failed');
  });

  it('is handed out piece by piece before the loop turns, though the package reads it in many steps', async () => {
    const bring = await pool.answer(wire.contentType);
    bring(wire.start);
    await turn();
    for (const piece of ['one', 'two', 'three']) {
      bring(wire.text(piece));
      await turn();
      expect(seen).toContain(`"${piece}"`);
    }
  });

  it('is no longer read while the observer is full, but for a little ahead, and read again when it asks', async () => {
    const bring = await pool.answer(wire.contentType);
    isFull = true;
    bring(wire.start);
    for (let i = 0; i < MAX_AHEAD && !pool.controller.paused; i++) {
      bring(wire.text('x'.repeat(60_000)));
      await turn();
    }
    expect(pool.controller.paused).toBe(true);
    isFull = false;
    resume();
    await turn();
    expect(pool.controller.paused).toBe(false);
  });
});
