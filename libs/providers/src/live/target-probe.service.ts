import type { ProviderProbe } from '@relay/contracts';
import { CLOCK, type Clock, newTraceId } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';
import type { UpstreamClient, UpstreamOutcome } from '../ports/upstream-client.port';
import { ProviderRegistry } from '../provider-registry.service';
import { askOneToken } from './load-model';

/** An operator waits for it. In ms. */
const PROBE_TIMEOUT_MS = 20_000;
/** Who has not ended so long after that is cut off, in ms. */
const GRACE_MS = 2_000;

/**
 * Calls a provider once, to see: one token of a model, or a connection where there is no chat. It is made past slots, breakers and
 * overrides, and counts for none of them: whoever probes decides what to do about it.
 */
@Injectable()
export class TargetProbe {
  constructor(
    private readonly registry: ProviderRegistry,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Null: there is no such provider any more. `target`: one of its models, where it has any. Does not reject. */
  async run(providerId: string, target: string | null): Promise<ProviderProbe | null> {
    const client = this.registry.client(providerId);
    if (!client) return null;
    const cancelled = new AbortController();
    const cancelTimer = this.clock.after(PROBE_TIMEOUT_MS + GRACE_MS, () => cancelled.abort());
    const startedAt = this.clock.monotonic();
    const at = new Date(this.clock.now()).toISOString();
    try {
      const found =
        target !== null && client.operations.has('chat')
          ? await this.answer(client, target, cancelled.signal)
          : await connection(client, cancelled.signal);
      return { at, ...found, durationMs: Math.round(this.clock.monotonic() - startedAt) };
    } finally {
      cancelTimer();
    }
  }

  private async answer(client: UpstreamClient, target: string, signal: AbortSignal): Promise<Finding> {
    const requestId = `probe-${newTraceId(this.clock.now())}`;
    const outcome = await askOneToken(client, target, { requestId, timeoutMs: PROBE_TIMEOUT_MS, signal });
    return { check: 'answer', target, ...wordsOf(outcome) };
  }
}

type Finding = Omit<ProviderProbe, 'at' | 'durationMs'>;

function wordsOf(outcome: UpstreamOutcome): Pick<Finding, 'ok' | 'upstreamStatus' | 'code' | 'message'> {
  if (outcome.kind === 'completed')
    return { ok: true, upstreamStatus: outcome.status, code: null, message: 'It answered.' };
  const { error, upstreamStatus } = outcome;
  return { ok: false, upstreamStatus, code: error.code, message: error.message };
}

async function connection(client: UpstreamClient, signal: AbortSignal): Promise<Finding> {
  const problem = (await client.warm?.(1, signal)) ?? null;
  const [ok, code] = problem === null ? ([true, null] as const) : ([false, 'upstream_error'] as const);
  const message = problem ?? (client.warm ? 'It can be reached.' : 'It runs within the relay.');
  return { check: 'connection', target: null, ok, upstreamStatus: null, code, message };
}
