import { operationsOf, type ProviderConfig, type ProviderKind } from '@relay/config';
import type { Operation } from '@relay/contracts';
import { type Clock, RelayError } from '@relay/core';
import { parseObject, patchJson } from '@relay/protocols';
import { Logger } from '@nestjs/common';
import { abortFailure, finalFailure } from '../../domain/upstream-failure';
import type {
  UpstreamClient,
  UpstreamObserver,
  UpstreamOutcome,
  UpstreamRequest,
} from '../../ports/upstream-client.port';
import { failedBeforeStart } from '../failed-outcome';
import { secretsOf } from '../http/upstream-headers';
import { UpstreamPool } from '../http/upstream-pool';
import { warmUp } from '../http/warm-up';
import { unservedOperation } from '../unserved-operation';
import { runChat } from './run-chat';
import { runEmbeddings } from './run-embeddings';
import { SdkCall } from './sdk-call';
import type { SdkContext } from './sdk-context';
import type { Vendor, VendorModels } from './vendor';

/** Different warnings that are logged of one provider; each is on the trace of its request anyway. */
const MAX_LOGGED_WARNINGS = 100;

/** Speaks chat with a vendor whose protocol is another, through its package of the AI SDK, over one pool of the relay's connections. */
export class SdkClient implements UpstreamClient {
  readonly providerId: string;
  readonly kind: ProviderKind;
  readonly operations: ReadonlySet<Operation>;
  private readonly logger = new Logger(SdkClient.name);
  private readonly connections: UpstreamPool;
  private readonly context: SdkContext;
  private readonly logged = new Set<string>();
  private models: Promise<VendorModels> | null = null;

  constructor(
    private readonly provider: ProviderConfig,
    private readonly baseUrl: string,
    vendor: Vendor,
    clock: Clock,
  ) {
    this.providerId = provider.id;
    this.kind = provider.kind;
    this.operations = operationsOf(provider);
    const { origin } = new URL(baseUrl);
    this.connections = new UpstreamPool(origin, provider, clock);
    this.context = {
      ...{ providerId: provider.id, origin, vendor, connections: this.connections, clock, timeouts: provider.timeouts },
      apiKey: provider.apiKey ?? provider.apiKeys?.[0]?.value ?? '',
      headers: provider.headers ?? {},
      secrets: [...secretsOf(provider), ...Object.values(provider.credentials ?? {})],
      models: () => this.load(),
    };
  }

  async call(request: UpstreamRequest, observer: UpstreamObserver): Promise<UpstreamOutcome> {
    if (request.signal.aborted) return failedBeforeStart(abortFailure(request.signal.reason));
    const unserved = unservedOperation(this.providerId, this.kind, request.operation);
    if (unserved) return failedBeforeStart(finalFailure(unserved));
    const body = parseObject((patchJson(request.body, request.patch) ?? request.body).toString('utf8'));
    if (body === null) return failedBeforeStart(finalFailure(notAnObject()));
    const call = new SdkCall(this.context, request, observer);
    const outcome = await call.run(() =>
      request.operation === 'embeddings' ? runEmbeddings(call, body) : runChat(call, body),
    );
    this.log(call.warnings.list);
    return outcome;
  }

  get rttMs(): number | null {
    return this.connections.rttMs;
  }

  /** Loads the package, and opens connections; no key is sent, so what is answered says nothing. */
  async warm(connections: number, signal: AbortSignal): Promise<string | null> {
    const one = (): Promise<number> => warmUp(this.connections.pool, new URL(this.baseUrl).pathname, [], signal);
    const tries = Array.from({ length: connections }, one);
    const failed = (await Promise.allSettled([this.load(), ...tries])).find(({ status }) => status === 'rejected');
    return failed ? `Provider ${this.providerId} could not be reached ahead of need.` : null;
  }

  close(): Promise<void> {
    return this.connections.close();
  }

  private load(): Promise<VendorModels> {
    const models = (this.models ??= this.context.vendor.load(this.provider, this.baseUrl));
    models.catch(() => (this.models = null)); // the next call tries again
    return models;
  }

  /** Each warning once. */
  private log(warnings: readonly string[]): void {
    for (const warning of warnings) {
      if (this.logged.has(warning) || this.logged.size >= MAX_LOGGED_WARNINGS) continue;
      this.logged.add(warning);
      this.logger.warn(`provider ${this.providerId}: ${warning}`);
    }
  }
}

const notAnObject = (): RelayError => new RelayError('invalid_request', 'The request body is not a JSON object.');
