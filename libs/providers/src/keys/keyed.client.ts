import type { ProviderConfig } from '@relay/config';
import type { ToldLimits } from '@relay/contracts';
import { type Clock, RelayError } from '@relay/core';
import { Logger } from '@nestjs/common';
import { failedBeforeStart } from '../adapters/failed-outcome';
import { retryAfterSeconds } from '../domain/retry-after';
import type {
  KeyFigures,
  UpstreamClient,
  UpstreamFailed,
  UpstreamObserver,
  UpstreamOutcome,
  UpstreamRequest,
} from '../ports/upstream-client.port';
import { KeyRing } from './key-ring';
import type { KeySettings, ProviderKey } from './provider-key';

/** One call tries no more keys than this: with so many refused, it is hardly the keys. */
const MAX_KEYS_PER_CALL = 8;

const logger = new Logger('ProviderKeys');

/** A client as it is, or, for a provider with several keys, one that uses them in turn. */
export function withKeys(client: UpstreamClient, provider: ProviderConfig, clock: Clock): UpstreamClient {
  const settings = keysOf(provider);
  return settings.length > 0 ? new KeyedClient(client, new KeyRing(settings), clock) : client;
}

function keysOf({ apiKey, apiKeys }: ProviderConfig): KeySettings[] {
  if (!apiKeys) return [];
  return [...(apiKey === undefined ? [] : [{ value: apiKey, weight: 1, limits: {} }]), ...apiKeys];
}

/** Calls with the key whose turn it is. Another one is tried if it is refused or limited, before anybody hears of it. */
class KeyedClient implements UpstreamClient {
  readonly providerId: string;
  readonly kind: UpstreamClient['kind'];
  readonly operations: UpstreamClient['operations'];
  readonly warm: UpstreamClient['warm'];
  readonly refusal: UpstreamClient['refusal'];

  constructor(
    private readonly client: UpstreamClient,
    private readonly ring: KeyRing,
    private readonly clock: Clock,
  ) {
    this.providerId = client.providerId;
    this.kind = client.kind;
    this.operations = client.operations;
    if (client.warm) this.warm = client.warm.bind(client);
    if (client.refusal) this.refusal = client.refusal.bind(client);
  }

  get rttMs(): number | null | undefined {
    return this.client.rttMs;
  }

  get keys(): KeyFigures {
    return this.ring.figures(this.clock.monotonic());
  }

  async call(request: UpstreamRequest, observer: UpstreamObserver): Promise<UpstreamOutcome> {
    const startedAt = this.clock.monotonic();
    const tried = new Set<ProviderKey>();
    const suspects: Suspect[] = [];
    let failed: UpstreamFailed | null = null;
    while (tried.size < MAX_KEYS_PER_CALL) {
      const now = this.clock.monotonic();
      const timeoutMs = request.timeoutMs - (now - startedAt);
      if (failed && (timeoutMs <= 0 || request.signal.aborted)) return failed;
      const key = this.ring.take(request.model, now, tried);
      if (key === null) return failed ?? this.usedUp(request.model, now);
      tried.add(key);
      const outcome = await this.client.call({ ...request, apiKey: key.value, timeoutMs }, observer);
      this.learn(key, request.model, outcome);
      const status = refusalOf(outcome);
      if (outcome.kind === 'completed') for (const each of suspects) this.convict(each, request.model);
      if (status === null || outcome.kind === 'completed') return { ...outcome, told: null };
      if (status === 403 || (status === 429 && toldWaitMs(outcome) === null)) suspects.push({ key, status });
      failed = { ...outcome, told: null };
    }
    return failed ?? this.usedUp(request.model, this.clock.monotonic());
  }

  close(): Promise<void> {
    return this.client.close();
  }

  private learn(key: ProviderKey, model: string, outcome: UpstreamOutcome): void {
    const now = this.clock.monotonic();
    const { usage } = outcome;
    if (usage) key.spent(usage.inputTokens + usage.outputTokens, now);
    const status = refusalOf(outcome);
    if (outcome.kind === 'completed') key.worked();
    if (status === 401 || status === 402) this.refuse(key, status);
    else if (status === 429 || outcome.kind === 'completed') {
      const waitMs = toldWaitMs(outcome) ?? 0;
      if (waitMs > 0) this.limit(key, model, waitMs);
    }
  }

  /** Another key was served where this one was not: it was the key. */
  private convict({ key, status }: Suspect, model: string): void {
    if (status === 403) this.refuse(key, status);
    else this.limit(key, model, null);
  }

  private refuse(key: ProviderKey, status: KeyRefusal): void {
    const restMs = key.refused(this.clock.monotonic());
    if (restMs === null) return;
    this.ring.rests.refused++;
    const which = this.ring.numberOf(key);
    logger.warn(`provider ${this.providerId} refused ${which} (${status}); it rests for ${restMs / 1_000} s`);
  }

  private limit(key: ProviderKey, model: string, forMs: number | null): void {
    key.limited(model, this.clock.monotonic(), forMs);
    this.ring.rests.limited++;
  }

  private usedUp(model: string, now: number): UpstreamFailed {
    const retryAfterMs = this.ring.untilRoomMs(model, now);
    const message = `Every key of provider ${this.providerId} is used up for the moment.`;
    const error = new RelayError('upstream_rate_limited', message, {
      retryAfterSeconds: retryAfterSeconds(retryAfterMs),
    });
    return failedBeforeStart({ error, retryable: true, passthrough: null, retryAfterMs });
  }
}

/** What may be the key's fault. */
const KEY_REFUSALS = [401, 402, 403, 429] as const;
type KeyRefusal = (typeof KEY_REFUSALS)[number];

/**
 * A 403 is for the key or for the prompt, and a 429 that does not say for how long for the key or for a request that is too large for any of
 * them. If another key is served, it was the key; else one request would put all of them to rest, for everybody.
 */
interface Suspect {
  readonly key: ProviderKey;
  readonly status: 403 | 429;
}

function refusalOf(outcome: UpstreamOutcome): KeyRefusal | null {
  if (outcome.kind === 'completed' || outcome.started) return null;
  return KEY_REFUSALS.find((status) => status === outcome.upstreamStatus) ?? null;
}

/** For how long the provider says that the key is used up, in ms; null if it does not say that it is. */
function toldWaitMs(outcome: UpstreamOutcome): number | null {
  const retryAfterMs = outcome.kind === 'failed' ? outcome.retryAfterMs : null;
  const resetMs = outcome.told ? untilResetMs(outcome.told) : 0;
  return retryAfterMs ?? (resetMs > 0 ? resetMs : null);
}

/** What a provider tells of its limits is about the key: the pool of all keys does not go by it. */
function untilResetMs({
  remainingRequests,
  requestsResetMs = 0,
  remainingTokens,
  tokensResetMs = 0,
}: ToldLimits): number {
  return Math.max(remainingRequests === 0 ? requestsResetMs : 0, remainingTokens === 0 ? tokensResetMs : 0);
}
