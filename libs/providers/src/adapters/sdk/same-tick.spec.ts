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
const CONTROLLER = { abort: () => undefined, paused: false } as unknown as Dispatcher.DispatchController;

/** A turn of the loop: what waits for a timer or for input is not done by then. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Stands for the connections: the test brings the bytes itself, and knows when. */
class HandledPool {
  readonly dispatched: Promise<Dispatcher.DispatchHandler>;
  dispatch!: (options: unknown, handler: Dispatcher.DispatchHandler) => void;

  constructor() {
    this.dispatched = new Promise((resolve) => {
      this.dispatch = (_options, handler) => resolve(handler);
    });
  }

  async answer(contentType: string): Promise<(step: BodyStep) => void> {
    const handler = await this.dispatched;
    handler.onRequestStart?.(CONTROLLER, null);
    handler.onResponseStart?.(CONTROLLER, 200, { 'content-type': contentType }, 'OK');
    return (step) => handler.onResponseData?.(CONTROLLER, Buffer.from(step as string));
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

describe.each(VENDOR_WIRES)('a piece of a stream of $kind', (wire) => {
  it('is handed out before the loop turns, though the package reads it in many steps', async () => {
    const pool = new HandledPool();
    const abort = new AbortController();
    let seen = '';
    const call = new SdkCall(
      await contextOf(wire, pool),
      {
        ...{ operation: 'chat', model: 'm', body: Buffer.alloc(0), contentType: 'application/json', patch: {} },
        ...{ stream: true, clientWantsUsage: false, requestId: 'r', timeoutMs: 20_000, signal: abort.signal },
      },
      { onFrames: (frames) => (seen += frames.toString()) !== '' },
    );
    const outcome = call.run(() => runChat(call, { messages: [{ role: 'user', content: 'Hi' }] }));
    const bring = await pool.answer(wire.contentType);
    bring(wire.start);
    await turn();
    for (const piece of ['one', 'two', 'three']) {
      bring(wire.text(piece));
      await turn();
      expect(seen).toContain(`"${piece}"`);
    }
    abort.abort();
    expect((await outcome).kind).toBe('failed');
  });
});
