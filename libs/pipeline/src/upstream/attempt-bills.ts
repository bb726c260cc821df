import { Injectable } from '@nestjs/common';
import { Prices } from '@relay/providers';
import { costUsd } from '@relay/trace';
import type { Billed, RequestTrace } from '../request-trace';
import type { Tried } from './tried';

/**
 * What each of several calls cost. Only what upstreams report is billed: a call that was broken off ends without a usage, and then
 * its record has no tokens and adds nothing to the cost of the request, though its provider may well charge for the prompt.
 */
@Injectable()
export class AttemptBills {
  constructor(private readonly prices: Prices) {}

  /** The answer, or failure, is not the one that the client gets; what it cost counts all the same. */
  setAside(trace: RequestTrace, tried: Tried, outcome?: 'hedge_lost'): void {
    const { note } = tried;
    if (note === null) return;
    if (outcome) note.outcome = outcome;
    const { usage } = tried.outcome;
    if (usage) trace.alsoBilled.push({ usage, ...this.itemise(tried) });
  }

  /** What the client gets. Alone, its bill is that of the request, and stands there. */
  keep(trace: RequestTrace, tried: Tried): void {
    const { outcome, note } = tried;
    if (note === null) return;
    if (trace.attempts.length > 1) this.itemise(tried);
    if (outcome.kind === 'completed') trace.firstTokenAt(note.startMs + outcome.ttftMs);
  }

  private itemise({ candidate, outcome: { usage }, note }: Tried): Pick<Billed, 'costUsd' | 'priceVersion'> {
    if (!usage || !note || !candidate) return { costUsd: null, priceVersion: null };
    const price = this.prices.of(candidate);
    const cost = costUsd(usage, price?.price);
    note.inputTokens = usage.inputTokens;
    note.outputTokens = usage.outputTokens;
    if (cost !== null) note.costUsd = cost;
    return { costUsd: cost, priceVersion: price?.version ?? null };
  }
}
