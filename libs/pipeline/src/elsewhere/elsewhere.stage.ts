import { Injectable, Logger } from '@nestjs/common';
import { type RouteCandidate, targetKey } from '@relay/contracts';
import { type Principal, sha256Hex } from '@relay/core';
import { type BatchApi, BatchApis, Prices, TargetMonitor, type UpstreamCompleted } from '@relay/providers';
import { BudgetBook, type BudgetInForce, Budgets } from '@relay/scheduler';
import { costUsd } from '@relay/trace';
import { Accountant } from '../accountant';
import type { Exchange } from '../exchange';
import type { Job } from '../job';
import { StoredSpend } from '../limits/stored-spend';
import { meaningfulHeaders } from '../operations/meaningful-headers';
import type { RequestTrace } from '../request-trace';
import { requestOf } from '../upstream/target-caller';
import { noteCall } from '../upstream/tried';
import type { Elsewhere, ElsewhereAnswer, HandedOver, Unanswered } from './elsewhere';

/** Tokens each way for which two prices are compared at least: enough for them to differ. */
const LEAST_TOKENS = 1_000;
const USD_DIGITS = 9;

/** Hands requests over to their provider's own batch, where that is allowed and costs less, and takes its answers for those of a call. */
@Injectable()
export class ElsewhereStage {
  private readonly logger = new Logger(ElsewhereStage.name);
  private warnedOf: string | null = null; // the batch

  constructor(
    private readonly apis: BatchApis,
    private readonly prices: Prices,
    private readonly monitor: TargetMonitor,
    private readonly budgets: Budgets,
    private readonly book: BudgetBook,
    private readonly spend: StoredSpend,
    private readonly accountant: Accountant,
  ) {}

  /** True: nobody is to be called for it now, and what it came with knows why. */
  async offer(job: Job): Promise<boolean> {
    const { elsewhere } = job.exchange;
    const asked = elsewhere?.answer === null ? this.handedOver(job) : null;
    if (!elsewhere || asked === null) return false;
    try {
      elsewhere.unanswered = await this.handOver(job.exchange, elsewhere, asked);
    } catch (error) {
      elsewhere.unanswered = { why: 'fault', error };
    }
    return elsewhere.unanswered !== null;
  }

  /** The answer from there as if it had been called for; null: there is none, or none to what would be asked now. */
  land(job: Job): UpstreamCompleted | null {
    const { exchange, trace, planned } = job;
    const { elsewhere, signal } = exchange;
    const answer = elsewhere?.answer ?? null;
    if (!elsewhere || answer === null) return null;
    if (signal.aborted) {
      elsewhere.unanswered = { why: 'lost' }; // whoever has it next lands the same
      return null;
    }
    const api = this.apis.of(answer.provider);
    const candidate = planned.plan.route.candidates.find((each) => isOf(each, answer));
    const outcome = api?.outcome(exchange.operation, answer);
    if (!api || !candidate || outcome?.kind !== 'completed' || digestOf(job, candidate, api) !== answer.digest) {
      elsewhere.unanswered = { why: 'set-aside' };
      this.setAside(exchange, trace, answer);
      return null;
    }
    const startMs = trace.elapsed();
    const { provider, upstreamModel: model, batch } = answer;
    const waitedMs = exchange.receivedAt - answer.askedAt;
    trace.noteStage('provider-batch', startMs, 0, { provider, model, batch, waitedMs });
    trace.inProviderBatch = true;
    trace.servedBy(candidate);
    noteCall(trace, candidate, startMs, outcome);
    return outcome;
  }

  /** Budgets hear what its trace says that it cost: nothing was reserved while it was away. Never rejects. */
  async charge({ principal }: Exchange, { costUsd: cost }: RequestTrace): Promise<void> {
    const usd = Number(cost ?? 0);
    const budgets = usd === 0 ? [] : this.budgetsOf(principal);
    if (budgets.length === 0) return;
    try {
      const held = await this.budgets.reserve(budgets, 0);
      if (held.ok) held.value.settle(usd); // else it is in the traces soon, which budgets read as well
    } catch (error) {
      this.logger.error(error, 'budgets did not hear what an answer of a batch has cost');
    }
  }

  /** Of a request that is refused with its answer in its hand, before that was looked at: it was paid for all the same. Never rejects. */
  async settle(exchange: Exchange, trace: RequestTrace): Promise<void> {
    const answer = exchange.elsewhere?.answer ?? null;
    if (answer === null || trace.tokens !== null) return;
    this.setAside(exchange, trace, answer);
    await this.charge(exchange, trace);
  }

  /** Null: it is asked as any other request, which tells it whether a budget has room for it. */
  private async handOver({ principal }: Exchange, elsewhere: Elsewhere, asked: HandedOver): Promise<Unanswered | null> {
    const budgets = this.budgetsOf(principal);
    const outUsd = budgets.length === 0 ? 0 : await elsewhere.outUsd();
    const besides = budgets.map((each) => withoutUsd(each, outUsd));
    const held = budgets.length === 0 ? null : await this.budgets.reserve(besides, asked.expectedUsd);
    if (held?.ok === false) return (await this.hasRoom(budgets, asked.expectedUsd)) ? { why: 'later' } : null;
    try {
      return { why: (await elsewhere.take(asked)) ? 'taken' : 'lost' };
    } finally {
      held?.value.settle(0); // from now on it counts among what is there
    }
  }

  private async hasRoom(budgets: readonly BudgetInForce[], usd: number): Promise<boolean> {
    const held = await this.budgets.reserve(budgets, usd);
    if (held.ok) held.value.settle(0);
    return held.ok;
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
    const inputTokens = predicted.inputTokens ?? LEAST_TOKENS;
    const outputTokens = Math.ceil(predicted.outputTokens ?? 0);
    const compared = {
      inputTokens: Math.max(LEAST_TOKENS, inputTokens),
      outputTokens: Math.max(LEAST_TOKENS, outputTokens),
      cachedInputTokens: 0,
    };
    const [there, here] = [costUsd(compared, price, { batch: true }), costUsd(compared, price)];
    if (there === null || here === null || Number(there) >= Number(here)) return null;
    return Number(costUsd({ inputTokens, outputTokens, cachedInputTokens: 0 }, price, { batch: true }));
  }

  private budgetsOf({ tenant, keyId }: Principal): BudgetInForce[] {
    return this.book.hardOf(tenant.id, keyId).map((budget) => ({ budget, storedUsd: this.spend.of(budget) }));
  }

  /** What its provider answered is not used; that it was paid for stands in the trace. */
  private setAside(exchange: Exchange, trace: RequestTrace, answer: ElsewhereAnswer): void {
    const { provider, upstreamModel: model, batch, status: upstreamStatus } = answer;
    this.warnOnceOf(batch, provider);
    trace.noteStage('provider-batch', trace.elapsed(), 0, { provider, model, batch, kept: false });
    const usage = this.apis.of(provider)?.outcome(exchange.operation, answer).usage ?? null;
    const { inputTokens, outputTokens } = usage ?? {};
    trace.attempts.push({
      ...{ provider, model, outcome: 'not_accepted', upstreamStatus, inputTokens, outputTokens },
      ...{ startMs: trace.elapsed(), durationMs: exchange.receivedAt - answer.askedAt },
    });
    if (!usage) return;
    const price = this.prices.of(answer);
    const priceVersion = price?.batchVersion ?? price?.version ?? null;
    trace.alsoBilled.push({ usage, costUsd: costUsd(usage, price?.price, { batch: true }), priceVersion });
    this.accountant.settleOthers(trace);
  }

  private warnOnceOf(batch: string, provider: string): void {
    if (this.warnedOf === batch) return;
    this.warnedOf = batch;
    this.logger.warn(`Answers of the batch ${batch} of ${provider} are none to what is to be asked now.`);
  }
}

/** As if so much less could be spent. */
const withoutUsd = ({ budget, storedUsd }: BudgetInForce, usd: number): BudgetInForce => ({
  budget: { ...budget, limitUsd: (Number(budget.limitUsd) - usd).toFixed(USD_DIGITS) },
  storedUsd,
});

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
