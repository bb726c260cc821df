import { operationsOf, type ProviderConfig } from '@relay/config';
import type { Operation } from '@relay/contracts';
import type { Clock } from '@relay/core';
import { simulateAnswer } from '../../domain/simulated-answer';
import { abortFailure, finalFailure } from '../../domain/upstream-failure';
import { isJsonObject } from '@relay/protocols';
import type {
  UpstreamClient,
  UpstreamObserver,
  UpstreamOutcome,
  UpstreamRequest,
} from '../../ports/upstream-client.port';
import { failedBeforeStart } from '../failed-outcome';
import { upstreamBody } from '../request-body';
import { unservedOperation } from '../unserved-operation';
import { SimulatedCall, type SimulatedPace } from './simulated-call';

const DEFAULT_PACE: SimulatedPace = { ttftMs: 120, tokensPerSecond: 60 };

/** How the models differ in speed from what is configured; any other name has the configured speed. */
const SPEED_OF_MODEL: Readonly<Record<string, number>> = { 'sim-small': 2, 'sim-medium': 1, 'sim-large': 0.5 };

/** Answers in this process, without a model and without a network, and says so: the relay runs before anybody has a key. */
export class SimulatorClient implements UpstreamClient {
  readonly kind = 'simulator';
  readonly operations: ReadonlySet<Operation>;
  readonly providerId: string;
  private readonly pace: SimulatedPace;
  private readonly calls = new Set<Promise<UpstreamOutcome>>(); // bounded by the scheduler's slots

  constructor(
    provider: ProviderConfig,
    private readonly clock: Clock,
  ) {
    this.providerId = provider.id;
    this.operations = operationsOf(provider);
    this.pace = provider.simulator ?? DEFAULT_PACE;
  }

  async call(request: UpstreamRequest, observer: UpstreamObserver): Promise<UpstreamOutcome> {
    if (request.signal.aborted) return failedBeforeStart(abortFailure(request.signal.reason));
    const unserved = unservedOperation(this.providerId, this.kind, request.operation);
    if (unserved) return failedBeforeStart(finalFailure(unserved));
    const body = upstreamBody(request);
    if (!body.ok) return failedBeforeStart(finalFailure(body.error));
    const payload: unknown = JSON.parse(body.value.toString('utf8'));
    const answer = simulateAnswer(isJsonObject(payload) ? payload : {});
    const { outcome } = new SimulatedCall(answer, this.paceOf(request.model), request, observer, this.clock);
    this.calls.add(outcome);
    try {
      return await outcome;
    } finally {
      this.calls.delete(outcome);
    }
  }

  private paceOf(model: string): SimulatedPace {
    const speed = SPEED_OF_MODEL[model] ?? 1;
    return { ttftMs: this.pace.ttftMs / speed, tokensPerSecond: this.pace.tokensPerSecond * speed };
  }

  async close(): Promise<void> {
    await Promise.all(this.calls);
  }
}

export const createSimulatorClient = (provider: ProviderConfig, clock: Clock): UpstreamClient =>
  new SimulatorClient(provider, clock);
