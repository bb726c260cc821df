import { type Clock, systemClock } from '@relay/core';
import type { JsonObject } from '@relay/protocols';
import { ScriptedUpstream } from '@relay/testing';
import { UPSTREAM_FACTORIES } from '../adapters/upstream-factories';
import type { UpstreamClient, UpstreamRequest } from '../ports/upstream-client.port';
import { call, completed, type ObservedCall, providerConfig } from './call-harness';
import { type VendorWire, wholeOf } from './vendor-wire';

const HELLO = { messages: [{ role: 'user', content: 'Hi' }] };

/** A client of one vendor and the fake that it talks to; for the specs of what is the vendor's own. */
export class VendorSetup {
  private constructor(
    readonly upstream: ScriptedUpstream,
    private readonly client: UpstreamClient,
  ) {}

  static async start(
    wire: VendorWire,
    config: Record<string, unknown> = {},
    clock: Clock = systemClock,
  ): Promise<VendorSetup> {
    const upstream = await ScriptedUpstream.start(() => wholeOf(wire, 'Hello'));
    const input = { kind: wire.kind, baseUrl: upstream.baseUrl, apiKey: 'upstream-secret', ...wire.config, ...config };
    const provider = providerConfig(input);
    return new VendorSetup(upstream, UPSTREAM_FACTORIES[provider.kind](provider, clock));
  }

  ask(fields: object = {}, overrides: Partial<UpstreamRequest> = {}): ObservedCall {
    return call(this.client, { body: Buffer.from(JSON.stringify({ ...HELLO, ...fields })), ...overrides });
  }

  /** The body that goes to the vendor for these fields of a chat request. */
  async sent(fields: object, model: string): Promise<JsonObject> {
    await completed(this.ask(fields, { model }));
    return this.upstream.requests.at(-1)?.json() ?? {};
  }

  async answer(fields: object = {}, overrides: Partial<UpstreamRequest> = {}): Promise<JsonObject> {
    return JSON.parse((await completed(this.ask(fields, overrides))).body.toString()) as JsonObject;
  }

  async stop(): Promise<void> {
    await this.upstream.close();
    await this.client.close();
  }
}
