import type { ProviderKind } from '@relay/config';
import type { Operation } from '@relay/contracts';
import type {
  UpstreamClient,
  UpstreamObserver,
  UpstreamOutcome,
  UpstreamRequest,
} from '../../ports/upstream-client.port';

/** Anthropic's own protocol passes through as it is; chat goes by its package. */
export class AnthropicClient implements UpstreamClient {
  readonly providerId: string;
  readonly kind: ProviderKind;
  readonly operations: ReadonlySet<Operation>;

  constructor(
    private readonly native: UpstreamClient,
    private readonly translated: UpstreamClient,
  ) {
    this.providerId = native.providerId;
    this.kind = native.kind;
    this.operations = native.operations;
  }

  call(request: UpstreamRequest, observer: UpstreamObserver): Promise<UpstreamOutcome> {
    return (request.operation === 'messages' ? this.native : this.translated).call(request, observer);
  }

  get rttMs(): number | null | undefined {
    return this.native.rttMs ?? this.translated.rttMs;
  }

  /** Both have connections of their own; half of them each. */
  async warm(connections: number, signal: AbortSignal): Promise<string | null> {
    const half = Math.ceil(connections / 2);
    const [first, second] = await Promise.all([this.native.warm?.(half, signal), this.translated.warm?.(half, signal)]);
    return first ?? second ?? null;
  }

  async close(): Promise<void> {
    await Promise.all([this.native.close(), this.translated.close()]);
  }
}
