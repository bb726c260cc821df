import { Injectable, Logger } from '@nestjs/common';
import { type RouteCandidate, targetKey } from '@relay/contracts';
import { sha256Hex } from '@relay/core';
import { type BatchApi, BatchApis, Prices, TargetMonitor, type UpstreamOutcome } from '@relay/providers';
import { BudgetBook, type BudgetHold, Budgets } from '@relay/scheduler';
import { costUsd } from '@relay/trace';
import type { Job } from '../job';
import { StoredSpend } from '../limits/stored-spend';
import { meaningfulHeaders } from '../operations/meaningful-headers';
import { requestOf } from '../upstream/target-caller';
import { noteCall } from '../upstream/tried';
import type { ElsewhereAnswer, HandedOver } from './elsewhere';

/** Of a request of which nothing is predicted, tokens each way: enough for two prices to differ. */
const LEAST_TOKENS = 1_000;

/** Hands requests over to their provider's own batch, where that is allowed and costs less, and takes its answers for those of a call. */
@Injectable()
export class ElsewhereStage {
  private readonly logger = new Logger(ElsewhereStage.name);

  constructor(
    private readonly apis: BatchApis,
    private readonly prices: Prices,
    private readonly monitor: TargetMonitor,
    private readonly budgets: Budgets,
    private readonly book: BudgetBook,
    private readonly spend: StoredSpend,
  ) {}

  /** True: it was taken. */
  async offer(job: Job): Promise<boolean> {
    const { elsewhere } = job.exchange;
    const asked = elsewhere?.answer === null ? this.handedOver(job) : null;
    if (!elsewhere || asked === null) return false;
    const hold = await this.hold(job, async () => asked.expectedUsd + (await elsewhere.outUsd()));
    if (hold === 'refused') return false; // who is asked now says so
    try {
      return await elsewhere.take(asked);
    } finally {
      hold?.settle(0); // from now on it counts among what is there
    }
  }

  /** The answer from there as if it had been called for; null: there is none, or none to this question any more. */
  land(job: Job): UpstreamOutcome | null {
    const answer = job.exchange.elsewhere?.answer ?? null;
    if (answer === null) return null;
    const { trace, planned } = job;
    const api = this.apis.of(answer.provider);
    const candidate = planned.plan.route.candidates.find((each) => isOf(each, answer));
    if (!api) return this.setAside(job, answer, null);
    const outcome = api.outcome(job.exchange.operation, answer);
    if (!candidate || digestOf(job, candidate, api) !== answer.digest) return this.setAside(job, answer, outcome);
    const startMs = trace.elapsed();
    const { provider, upstreamModel: model, batch } = answer;
    const waitedMs = job.exchange.receivedAt - answer.askedAt;
    trace.noteStage('provider-batch', startMs, 0, { provider, model, batch, waitedMs });
    trace.inProviderBatch = true;
    trace.servedBy(candidate);
    noteCall(trace, candidate, startMs, outcome);
    return outcome;
  }

  /** Budgets hear what it cost: nothing was reserved while it was away. */
  async charge(job: Job): Promise<void> {
    const usd = Number(job.trace.costUsd ?? 0);
    if (!job.trace.inProviderBatch || usd === 0) return;
    const hold = await this.hold(job, () => Promise.resolve(0));
    if (hold !== 'refused') hold?.settle(usd); // else it is in the traces soon, which budgets read as well
  }

  /** What would be asked there; null: it is asked as any other request. */
  private handedOver(job: Job): HandedOver | null {
    const { exchange, planned } = job;
    const [candidate] = planned.plan.route.candidates;
    const api = candidate && this.apis.of(candidate.provider);
    if (!candidate || !api || planned.plan.route.cascade !== null || !api.operations.has(exchange.operation))
      return null;
    if (meaningfulHeaders(exchange.operation, exchange.headers) !== null) return null; // a batch has one head for all
    const { provider, upstreamModel, model } = candidate;
    if (this.monitor.figures().get(targetKey(provider, upstreamModel))?.breaker === 'open') return null;
    const expectedUsd = this.cheaperUsd(job, candidate);
    const body = expectedUsd === null ? null : bodyOf(job, candidate, api);
    if (expectedUsd === null || body === null) return null;
    return {
      ...{ provider, model, upstreamModel, operation: exchange.operation, body, digest: digestText(body), expectedUsd },
      ...{ seedId: exchange.traceId, askedAt: exchange.receivedAt },
    };
  }

  /** What it is expected to cost there; null where that is not less, or not known. */
  private cheaperUsd({ planned: { predicted } }: Job, candidate: RouteCandidate): number | null {
    const price = this.prices.of(candidate)?.price;
    const usage = {
      inputTokens: Math.max(LEAST_TOKENS, predicted.inputTokens ?? 0),
      outputTokens: Math.max(LEAST_TOKENS, Math.ceil(predicted.outputTokens ?? 0)),
      cachedInputTokens: 0,
    };
    const [there, here] = [costUsd(usage, price, { batch: true }), costUsd(usage, price)];
    return there !== null && here !== null && Number(there) < Number(here) ? Number(there) : null;
  }

  private async hold({ exchange }: Job, usd: () => Promise<number>): Promise<BudgetHold | 'refused' | null> {
    const { tenant, keyId } = exchange.principal;
    const budgets = this.book.hardOf(tenant.id, keyId);
    if (budgets.length === 0) return null;
    const inForce = budgets.map((budget) => ({ budget, storedUsd: this.spend.of(budget) }));
    const held = await this.budgets.reserve(inForce, await usd());
    return held.ok ? held.value : 'refused';
  }

  /** It was paid for, but the request is another one now: a policy has changed meanwhile, or the configuration. */
  private setAside({ trace, exchange }: Job, answer: ElsewhereAnswer, outcome: UpstreamOutcome | null): null {
    const { provider, upstreamModel: model, batch } = answer;
    this.logger.warn(`An answer of the batch ${batch} of ${provider} is to a question that is asked otherwise now.`);
    trace.noteStage('provider-batch', trace.elapsed(), 0, { provider, model, batch, kept: false });
    if (!outcome?.usage) return null;
    const price = this.prices.of(answer);
    trace.alsoBilled.push({
      usage: outcome.usage,
      costUsd: costUsd(outcome.usage, price?.price, { batch: true }),
      priceVersion: price?.batchVersion ?? price?.version ?? null,
    });
    const [inputTokens, outputTokens] = [outcome.usage.inputTokens, outcome.usage.outputTokens];
    trace.attempts.push({
      ...{ provider, model, outcome: 'not_accepted', upstreamStatus: answer.status, inputTokens, outputTokens },
      ...{ startMs: trace.elapsed(), durationMs: exchange.receivedAt - answer.askedAt },
    });
    return null;
  }
}

const isOf = (candidate: RouteCandidate, { provider, model, upstreamModel }: ElsewhereAnswer): boolean =>
  candidate.provider === provider && candidate.model === model && candidate.upstreamModel === upstreamModel;

function bodyOf(job: Job, candidate: RouteCandidate, api: BatchApi): Buffer | null {
  const body = api.lineBody(requestOf(job, candidate, job.exchange.signal));
  return body.ok ? body.value : null;
}

function digestOf(job: Job, candidate: RouteCandidate, api: BatchApi): string | null {
  const body = bodyOf(job, candidate, api);
  return body && digestText(body);
}

const digestText = (body: Buffer): string => sha256Hex(body.toString('latin1'));
