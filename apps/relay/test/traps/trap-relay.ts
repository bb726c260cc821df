import { OPERATIONS, type Operation, type TraceDetail } from '@relay/contracts';
import { ScriptedUpstream } from '@relay/testing';
import { type AdminClient, RelayProcess } from '../relay-process';
import { ACME_KEY, GLOBEX_KEY } from '../test-config';
import { routeOf } from './route-examples';

export { ACME_KEY, GLOBEX_KEY };
export const FRESH = { 'cache-control': 'no-store, no-cache' };

interface Wishes {
  /** Merged into the configuration. */
  readonly config?: object;
  /** Put into the provider `mock`. */
  readonly provider?: object;
  readonly tenants?: readonly object[];
  readonly models?: readonly object[];
}

/** A relay as a process, before upstreams that do as a test says. */
export class TrapRelay {
  private constructor(
    readonly relay: RelayProcess,
    readonly admin: AdminClient,
    /** Speaks every protocol. */
    readonly upstream: ScriptedUpstream,
    /** The second target of the model `backed`, speaks every protocol. */
    readonly spare: ScriptedUpstream,
  ) {}

  /**
   * The models: `any`, for every operation; `talks`, whose provider speaks only chat, so that other protocols are translated;
   * `backed`, which has a second target.
   */
  static async start({ config = {}, provider = {}, tenants = [], models = [] }: Wishes = {}): Promise<TrapRelay> {
    const upstream = await ScriptedUpstream.start();
    const spare = await ScriptedUpstream.start();
    const own = { kind: 'openai', preheat: { connections: 0 }, limits: { concurrency: 64 }, ...provider };
    const price = { inputPerMTok: 1, outputPerMTok: 2 };
    const model = (id: string, ...providers: string[]): object => ({
      id,
      tier: 'basic',
      operations: OPERATIONS,
      price,
      targets: providers.map((name, i) => ({ provider: name, model: `up-${name}`, weight: i === 0 ? 1e6 : 1e-6 })),
    });
    const relay = await RelayProcess.start({
      config: {
        providers: [
          { id: 'mock', baseUrl: upstream.baseUrl, apiKey: 'secret-of-mock', operations: OPERATIONS, ...own },
          { id: 'talker', baseUrl: upstream.baseUrl, apiKey: 'secret-of-talker', ...own, operations: ['chat'] },
          { id: 'spare', baseUrl: spare.baseUrl, apiKey: 'secret-of-spare', operations: OPERATIONS, ...own },
        ],
        models: [model('any', 'mock'), model('talks', 'talker'), model('backed', 'mock', 'spare'), ...models],
        tenants: [
          { id: 'acme', keys: [{ name: 'ci', value: ACME_KEY }] },
          { id: 'globex', keys: [{ name: 'ci', value: GLOBEX_KEY }] },
          ...tenants,
        ],
        ...config,
      },
    });
    return new TrapRelay(relay, await relay.admin(), upstream, spare);
  }

  async close(): Promise<void> {
    await this.relay.close();
    await this.upstream.close();
    await this.spare.close();
  }

  /** Asks by the route of an operation. */
  post(operation: Operation, body: object, headers: Record<string, string> = {}, key = ACME_KEY): Promise<Response> {
    return this.relay.postTo(routeOf(operation).path, key, body, headers);
  }

  /** The trace of a reply; that of a reply that was cut off is there a moment later. */
  async traceOf(reply: Response): Promise<TraceDetail> {
    const id = reply.headers.get('x-relay-trace-id');
    const giveUpAt = performance.now() + 5_000;
    for (;;) {
      try {
        return await this.admin.trace(id);
      } catch (error) {
        if (performance.now() > giveUpAt) throw error;
      }
    }
  }

  /** Failures that a test made must not keep the next one from its upstream. */
  async heal(): Promise<void> {
    for (const id of ['mock', 'talker', 'spare']) {
      await this.admin.request('POST', `/api/providers/${id}/breakers/reset`, {});
    }
  }

  /** Waits until no slot is taken and nobody waits. */
  async idle(): Promise<void> {
    const giveUpAt = performance.now() + 10_000;
    for (;;) {
      const { data } = await this.admin.request<{ data: Pool[] }>('GET', '/api/queues');
      if (data.every(({ inUse, waiting }) => inUse === 0 && waiting.short + waiting.long === 0)) return;
      if (performance.now() > giveUpAt) throw new Error(`the relay is not idle: ${JSON.stringify(data)}`);
    }
  }
}

interface Pool {
  readonly inUse: number;
  readonly waiting: { readonly short: number; readonly long: number };
}

/** All that came until the reply ended, and whether its connection broke. */
export async function drain(reply: Response): Promise<{ text: string; isBroken: boolean }> {
  const parts: Uint8Array[] = [];
  const text = (): string => Buffer.concat(parts).toString();
  try {
    for await (const part of reply.body ?? []) parts.push(part as Uint8Array);
    return { text: text(), isBroken: false };
  } catch {
    return { text: text(), isBroken: true };
  }
}

export const count = (text: string, part: string): number => text.split(part).length - 1;
