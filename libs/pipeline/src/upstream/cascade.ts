import type { Job } from '../job';
import type { RequestTrace } from '../request-trace';
import type { AttemptBills } from './attempt-bills';
import type { Chain } from './chain';
import type { Tried } from './tried';

/** How it ended: a check held; no step was left; or nobody else answered. */
type CascadeResult = 'accepted' | 'last' | 'failed';

const OBSERVE_NOTHING = { onFrames: () => true };

/**
 * Whole answers from cheap to strong: the first one that the plan accepts, else the last one as it is (FrugalGPT, L. Chen et al.,
 * arXiv:2305.05176). Where nobody stronger can answer, or not in time, an answer that was not accepted is better than none; it is
 * not for the cache, as the next request may find the stronger ones back.
 */
export async function askInCascade(
  job: Job,
  chain: Chain,
  bills: AttemptBills,
  maxSteps: number,
  accepts: (body: Buffer) => boolean,
): Promise<Tried> {
  const { trace, exchange, planned } = job;
  const startMs = trace.elapsed();
  const noted = (steps: number, result: CascadeResult, tried: Tried): Tried => {
    trace.stage('cascade', startMs, { steps, result });
    return tried;
  };
  let kept: Tried | null = null;
  for (let steps = 1; ; steps++) {
    const tried = await chain.answer(OBSERVE_NOTHING);
    const { outcome } = tried;
    if (outcome.kind === 'failed') {
      const takesKept = kept !== null && !exchange.signal.aborted;
      const other = takesKept ? tried : kept;
      if (other) bills.setAside(trace, other);
      return noted(steps, 'failed', takesKept && kept ? restored(trace, kept) : tried);
    }
    if (kept) bills.setAside(trace, kept);
    if (steps >= maxSteps || !chain.hasMore) {
      trace.makeshift = planned.missed.length > 0 && !accepts(outcome.body);
      return noted(steps, 'last', tried);
    }
    if (accepts(outcome.body)) return noted(steps, 'accepted', tried);
    if (tried.note) tried.note.outcome = 'not_accepted';
    kept = tried;
  }
}

function restored(trace: RequestTrace, kept: Tried): Tried {
  if (kept.candidate) trace.servedBy(kept.candidate);
  trace.makeshift = true;
  return kept;
}
