import type { DegradeStep, ServiceLevel } from '@relay/contracts';
import { type Expectation, isLate, strainOf, type Times } from './expectation';
import { EASE_ABOVE } from './gate-book';
import type { Admitted, EasingStep, Met, Refused, RefusalReason, Tried, Verdict, Way } from './verdict';

/** Another target that the plan names. */
export interface Alternative {
  readonly way: Way;
  readonly sameModel: boolean;
  /** It may be called when the planned one cannot: among the fallbacks of the plan. */
  readonly standsIn: boolean;
  /** Expected cost of the request there, USD; null without a price. */
  readonly usd: number | null;
}

export interface LadderQuestion {
  /** What may be given up, in this order. */
  readonly steps: readonly DegradeStep[];
  readonly level: ServiceLevel;
  /** Ms until the deadline. */
  readonly leftMs: number;
  readonly planned: Way;
  readonly usd: number | null; // expected cost as planned
  /** In the order of the plan. */
  readonly alternatives: readonly Alternative[];
  /** Tokens that the answer may be cut to, longest first. */
  readonly cuts: readonly number[];
  /** The cache has an answer that would do if need be. */
  readonly looserCache: boolean;
}

/** What the running state says of ways. */
export interface Surroundings {
  expect(way: Way): Expectation;
  /** The pool is overloaded, for the tenant that asks. */
  isClosed(poolId: string): boolean;
}

const NOTHING_TRIED: readonly Tried[] = [];
const NOTHING_GIVEN_UP: readonly EasingStep[] = [];

/**
 * Whether a request is admitted, and what has to be given up for it: nothing if it need not wait or will be in time, else the first
 * steps of the policy's ladder that make it fit; refused if none does. While the pool is overloaded (`isClosed`) it has to fit into 70%
 * of its time to keep everything, and its wait is taken for longer. More time never turns an admitted request into a refused one.
 */
export function decide(question: LadderQuestion, surroundings: Surroundings): Verdict {
  const { planned, leftMs } = question;
  const expected = surroundings.expect(planned);
  const { waitMs, serviceP90Ms } = expected;
  const isOver = leftMs <= 0;
  const met: Met = { waitMs, serviceP90Ms, leftMs, strain: isOver ? Infinity : strainOf(expected, leftMs) };
  if (isOver) return { kind: 'refused', reason: 'no-time', met, tried: NOTHING_TRIED };
  if (met.strain > 0) return new Climb(question, surroundings, met).verdict();
  return { kind: 'admitted', way: planned, steps: NOTHING_GIVEN_UP, met, tried: NOTHING_TRIED };
}

interface Seen {
  readonly way: Way;
  readonly strain: number;
  readonly isClosed: boolean; // the gate of its pool
  readonly isLate: boolean;
}

/** One request on its way down the ladder. */
class Climb {
  private readonly tried: Tried[] = [];
  private readonly sheds: boolean;
  private best: Seen; // the way with the least strain so far; the next step goes on from it
  private given: readonly EasingStep[] = NOTHING_GIVEN_UP; // for the best way
  private inTime: Admitted | null = null; // the first that would be in time, should none fit

  constructor(
    private readonly question: LadderQuestion,
    private readonly surroundings: Surroundings,
    private readonly met: Met,
  ) {
    const { planned, level, steps } = question;
    this.best = this.see(planned, met);
    this.sheds = level === 'batch' && steps.includes('shed-batch');
  }

  verdict(): Verdict {
    const whole = this.fitting([this.best], NOTHING_GIVEN_UP) ?? this.elsewhere(true);
    if (whole) return whole;
    for (const step of this.question.steps) {
      const settled = this.take(step);
      if (settled) return settled;
    }
    return this.inTime ?? this.elsewhere(false) ?? this.inTime ?? this.refused(this.isHopeless() ? 'no-time' : 'late');
  }

  /** Null: the request does not fit even so, or the step has nothing for it. */
  private take(step: DegradeStep): Verdict | null {
    switch (step) {
      case 'cheaper-model':
        return this.easeBy(step, this.otherModels());
      case 'shorter-answer':
        return this.easeBy(step, this.shorterAnswers());
      case 'looser-cache':
        return this.question.looserCache ? { kind: 'cached', met: this.met, tried: this.tried } : null;
      case 'shed-batch':
        return this.isShedAt(this.question.planned) ? this.refused('shed') : null;
      default:
        return step satisfies never;
    }
  }

  private easeBy(step: EasingStep, ways: readonly Way[]): Admitted | null {
    const options = ways.map((way) => this.see(way));
    const least = leastOf(options);
    if (least === null) return null;
    const given = [...this.given, step];
    this.tried.push({ step, strain: least.strain });
    const eased = this.fitting(options, given);
    if (least.strain < this.best.strain) [this.best, this.given] = [least, given]; // else what comes next goes on without it
    return eased;
  }

  /** Targets that may be called in place of the planned one anyway: nothing of the ladder is given up. */
  private elsewhere(sameModel: boolean): Admitted | null {
    const others = this.question.alternatives.filter((each) => each.standsIn && each.sameModel === sameModel);
    const options = others.map(({ way }) => this.see(way));
    const least = leastOf(options);
    if (least === null) return null;
    this.tried.push({ step: 'elsewhere', strain: least.strain });
    return this.fitting(options, NOTHING_GIVEN_UP);
  }

  private otherModels(): Way[] {
    const { maxTokens } = this.best.way;
    return this.question.alternatives
      .filter((alternative) => !alternative.sameModel && this.isCheaperOrFaster(alternative))
      .map(({ way }) => ({ ...way, maxTokens }));
  }

  private shorterAnswers(): Way[] {
    const { maxTokens } = this.best.way;
    return this.question.cuts
      .filter((cut) => maxTokens === null || cut < maxTokens)
      .map((cut) => ({ ...this.best.way, maxTokens: cut }));
  }

  private isCheaperOrFaster({ usd, way }: Alternative): boolean {
    const { usd: plannedUsd } = this.question;
    if (usd !== null && plannedUsd !== null && usd < plannedUsd) return true;
    const { serviceP90Ms } = this.surroundings.expect(way);
    return serviceP90Ms !== null && this.met.serviceP90Ms !== null && serviceP90Ms < this.met.serviceP90Ms;
  }

  /** The first that fits; remembers the first that would at least be in time. */
  private fitting(options: readonly Seen[], steps: readonly EasingStep[]): Admitted | null {
    for (const { way, strain, isClosed, isLate } of options) {
      if (isLate || (strain > 0 && this.sheds && isClosed)) continue;
      const admitted: Admitted = { kind: 'admitted', way, steps, met: this.met, tried: this.tried };
      if (strain <= EASE_ABOVE || !isClosed) return admitted;
      this.inTime ??= admitted;
    }
    return null;
  }

  private isShedAt({ poolId }: Way): boolean {
    return this.sheds && this.surroundings.isClosed(poolId);
  }

  private see(way: Way, expected: Times = this.surroundings.expect(way)): Seen {
    const { leftMs } = this.question;
    const isClosed = this.surroundings.isClosed(way.poolId);
    return { way, strain: strainOf(expected, leftMs), isClosed, isLate: isLate(expected, leftMs, isClosed) };
  }

  private isHopeless(): boolean {
    const { planned, leftMs } = this.question;
    return leftMs < (this.surroundings.expect(planned).fastestMs ?? 0);
  }

  private refused(reason: RefusalReason): Refused {
    return { kind: 'refused', reason, met: this.met, tried: this.tried };
  }
}

function leastOf(options: readonly Seen[]): Seen | null {
  return options.reduce<Seen | null>((least, each) => (least && least.strain <= each.strain ? least : each), null);
}
