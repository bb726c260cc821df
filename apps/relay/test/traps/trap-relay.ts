import { GENERATIVE_OPERATIONS, OPERATIONS, type Operation, type TraceDetail } from '@relay/contracts';
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
  /** More providers, as `kind: openai` in front of `upstream`, each with a model of its own name for every operation. */
  readonly providers?: Readonly<Record<string, object>>;
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
  static async start({
    config = {},
    provider = {},
    providers = {},
    tenants = [],
    models = [],
  }: Wishes = {}): Promise<TrapRelay> {
    const upstream = await ScriptedUpstream.start();
    const spare = await ScriptedUpstream.start();
    const own = { kind: 'openai', preheat: { connections: 0 }, limits: { concurrency: 64 }, ...provider };
    const price = { inputPerMTok: 1, outputPerMTok: 2 };
    const model = (id: string, ...providers: string[]): object => ({
      id,
      tier: 'basic',
      operations: id === 'talks' ? GENERATIVE_OPERATIONS : OPERATIONS,
      price,
      targets: providers.map((name, i) => ({ provider: name, model: `up-${name}`, weight: i === 0 ? 1e6 : 1e-6 })),
    });
    const relay = await RelayProcess.start({
      config: {
        providers: [
          { id: 'mock', baseUrl: upstream.baseUrl, apiKey: 'secret-of-mock', operations: OPERATIONS, ...own },
          { id: 'talker', baseUrl: upstream.baseUrl, apiKey: 'secret-of-talker', ...own, operations: ['chat'] },
          { id: 'spare', baseUrl: spare.baseUrl, apiKey: 'secret-of-spare', operations: OPERATIONS, ...own },
          ...Object.entries(providers).map(([id, more]) => ({
            id,
            baseUrl: upstream.baseUrl,
            operations: OPERATIONS,
            ...own,
            ...more,
          })),
        ],
        models: [
          model('any', 'mock'),
          model('talks', 'talker'),
          model('backed', 'mock', 'spare'),
          ...Object.keys(providers).map((id) => model(id, id)),
          ...models,
        ],
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

  /** Asks as a client that leaves as soon as `moment` has come; resolves when it has left. */
  async leave(operation: Operation, body: object, moment: () => Promise<unknown>): Promise<void> {
    const { relay } = this;
    const client = new AbortController();
    const isForm = body instanceof FormData;
    const reply = fetch(`${relay.url}${routeOf(operation).path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${ACME_KEY}`,
        ...FRESH,
        ...(isForm ? {} : { 'content-type': 'application/json' }),
      },
      body: isForm ? body : JSON.stringify(body),
      signal: client.signal,
    }).then((head) => head.arrayBuffer());
    const gone = reply.then(
      () => Promise.reject(new Error('it was answered in full')),
      () => undefined,
    );
    await moment();
    client.abort();
    await gone;
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
  async heal(...ids: readonly string[]): Promise<void> {
    for (const id of ['mock', 'talker', 'spare', ...ids]) {
      await this.admin.request('POST', `/api/providers/${id}/breakers/reset`, {});
    }
  }

  /** Waits until no slot is taken and nobody waits. */
  idle(): Promise<void> {
    return this.pools((pools) => pools.every((pool) => pool.inUse === 0 && waitingIn(pool) === 0));
  }

  /** Waits until so many requests wait for a slot. */
  waiting(requests: number): Promise<void> {
    return this.pools((pools) => pools.reduce((sum, pool) => sum + waitingIn(pool), 0) === requests);
  }

  private async pools(areAsWanted: (pools: readonly Pool[]) => boolean): Promise<void> {
    const giveUpAt = performance.now() + 10_000;
    for (;;) {
      const { data } = await this.admin.request<{ data: Pool[] }>('GET', '/api/queues');
      if (areAsWanted(data)) return;
      if (performance.now() > giveUpAt) throw new Error(`the queues are not as wanted: ${JSON.stringify(data)}`);
    }
  }
}

interface Pool {
  readonly inUse: number;
  readonly waiting: { readonly short: number; readonly long: number };
}

const waitingIn = ({ waiting }: Pool): number => waiting.short + waiting.long;

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

/** Status and code of a refusal; null as the code of an answer. */
export async function verdictOf(reply: Response): Promise<[number, string | null]> {
  const text = await reply.text();
  if (reply.ok) return [reply.status, null];
  return [reply.status, (JSON.parse(text) as { error: { code: string | null } }).error.code];
}

export const count = (text: string, part: string): number => text.split(part).length - 1;
