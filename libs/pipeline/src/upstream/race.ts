import type { RouteCandidate } from '@relay/contracts';
import { Cancellation, RelayError } from '@relay/core';
import type { UpstreamObserver } from '@relay/providers';
import type { Slot } from '@relay/scheduler';
import type { Job } from '../job';
import type { CallTerms } from './target-caller';
import type { Tried } from './tried';
import type { UpstreamTools } from './upstream-tools';

/** Ends the call that lost; its target is not to blame. */
const LOST = new RelayError('client_closed', 'Another target began to answer first.');

/** A second target, with a slot that was free at once. */
export interface Rival {
  readonly candidate: RouteCandidate;
  readonly slot: Slot;
}

export interface RaceTerms {
  readonly candidate: RouteCandidate; // called at once
  readonly afterMs: number; // how long it may be silent before a rival is called
  readonly rival: () => Rival | null;
  readonly observer: UpstreamObserver;
}

interface Lane {
  readonly candidate: RouteCandidate;
  readonly cancel: Cancellation;
  tried: Tried | null;
  fault: { readonly thrown: unknown } | null; // a call that rejects, which none should
  overtaken: boolean; // it ran when the other one won
}

const hasEnded = (lane: Lane): boolean => lane.tried !== null || lane.fault !== null;

/**
 * A hedged call: when the first target is silent for too long, a second one is asked, and the client hears only the one that begins
 * to answer first (J. Dean, L. A. Barroso, The Tail at Scale, CACM 56(2), 2013). The time runs from when the call is made: waiting for
 * a slot is no silence of the target.
 *
 *     first   |--- silent ------------------x aborted: hedge_lost
 *             |<-- afterMs -->|
 *     rival                   |-------------= first content ======>
 *
 * A failure of one leaves the other running. `run` settles when both calls have ended, so nothing is left behind.
 */
export class Race {
  private readonly lanes: Lane[] = [];
  private winner: Lane | null = null;
  private rivalDone: Promise<void> | null = null;
  private stopTimer: () => void = () => undefined;

  constructor(
    private readonly job: Job,
    private readonly tools: UpstreamTools,
    private readonly terms: RaceTerms,
  ) {}

  async run(): Promise<Tried> {
    const { candidate } = this.terms;
    const { signal } = this.job.exchange;
    signal.addEventListener('abort', this.onAbort, { once: true });
    try {
      const onSend = (): void => void (this.stopTimer = this.tools.clock.after(this.terms.afterMs, this.onSilence));
      await this.enter(candidate, (lane) =>
        this.tools.caller.call(this.job, candidate, { ...this.termsOf(lane, 'first'), onSend }),
      );
      this.stopTimer();
      if (this.rivalDone) await this.rivalDone;
    } finally {
      signal.removeEventListener('abort', this.onAbort);
    }
    return this.verdict();
  }

  /** Settles when the call has ended. */
  private enter(candidate: RouteCandidate, call: (lane: Lane) => Promise<Tried>): Promise<void> {
    const lane: Lane = { candidate, cancel: new Cancellation(), tried: null, fault: null, overtaken: false };
    this.lanes.push(lane);
    if (this.job.exchange.signal.aborted) this.onAbort();
    return call(lane).then(
      (tried) => {
        if (tried.outcome.kind === 'completed') this.claim(lane);
        lane.tried = tried;
      },
      (thrown: unknown) => void (lane.fault = { thrown }),
    );
  }

  private termsOf(lane: Lane, kind: CallTerms['kind']): CallTerms {
    const { observer } = this.terms;
    return {
      kind,
      signal: lane.cancel,
      // Frames of a lane that lost are dropped; it need not pause, its end is on the way.
      observer: {
        onBytesType: (contentType) => void (this.claim(lane) && observer.onBytesType?.(contentType)),
        onFrames: (frames, resume) => !this.claim(lane) || observer.onFrames(frames, resume),
      },
    };
  }

  /** True for the lane that began to answer first; the other one ends here. */
  private claim(lane: Lane): boolean {
    if (this.winner) return this.winner === lane;
    this.winner = lane;
    this.stopTimer();
    this.job.trace.servedBy(lane.candidate);
    for (const other of this.lanes) {
      if (other === lane || hasEnded(other)) continue;
      other.overtaken = true;
      other.cancel.abort(LOST);
    }
    return true;
  }

  private readonly onSilence = (): void => {
    if (this.winner || this.lanes.some(hasEnded) || this.job.exchange.signal.aborted) return;
    const rival = this.terms.rival();
    if (!rival) return;
    const { candidate, slot } = rival;
    this.rivalDone = this.enter(candidate, (lane) =>
      this.tools.caller.callIn(slot, this.job, candidate, this.termsOf(lane, 'hedge')),
    );
  };

  private readonly onAbort = (): void => {
    const { reason } = this.job.exchange.signal;
    for (const { cancel } of this.lanes) cancel.abort(reason);
  };

  /** The winner; of two failures the one after which nothing else would help, if there is one. */
  private verdict(): Tried {
    const fault = this.winner ? this.winner.fault : this.lanes.find((lane) => lane.fault)?.fault;
    if (fault) throw fault.thrown;
    const ended = this.lanes.filter((lane) => lane.tried !== null);
    const kept = this.winner ?? ended.find(isFinal) ?? ended.at(-1);
    for (const lane of ended) {
      if (lane !== kept && lane.tried) this.leave(lane, lane.tried);
    }
    if (!kept?.tried) throw new Error('a race ended without a call');
    if (kept.tried.note) this.job.trace.servedBy(kept.candidate);
    return kept.tried;
  }

  private leave({ overtaken }: Lane, tried: Tried): void {
    const { trace } = this.job;
    const { bills, monitor } = this.tools;
    bills.setAside(trace, tried, overtaken ? 'hedge_lost' : undefined);
    const { note } = tried;
    if (overtaken && note && trace.stream) monitor.overtaken(note.provider, note.model, note.durationMs);
  }
}

const isFinal = ({ tried }: Lane): boolean => tried?.outcome.kind === 'failed' && !tried.outcome.retryable;
