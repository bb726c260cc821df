import type { RejectedCandidate, RouteCandidate } from '@relay/contracts';
import type { ShutReason } from '../live';
import { drawWithChain, hasChoice } from './draw';
import { estimate, qualityOf, type Estimate, type EstimateInputs } from './estimate';
import { feedbackWeight } from './expected-quality';
import type { Route, RouteTarget } from './route';
import { STRATEGIES, type StrategyName } from './strategies';
import type { ScoreContext, Strategy } from './strategies/strategy';

export interface RankRequest extends ScoreContext {
  readonly route: Route;
  readonly strategy: StrategyName;
  readonly reach: number; // candidates that may be called
}

/** A target that could serve, but not at this moment. */
export interface ShutTarget {
  readonly target: RouteTarget;
  readonly why: ShutReason;
}

export interface Ranking {
  readonly order: readonly RouteTarget[];
  /** Targets left out because they may not be called at this moment. */
  readonly shut: readonly ShutTarget[];
  /** Scores of this request, best first; `null` where the order follows from the policy alone. */
  readonly scores: readonly RouteCandidate[] | null;
  /** Its seed had a say: with another one the order might be another. */
  readonly drawn: boolean;
}

const NONE_SHUT: readonly ShutTarget[] = [];
const SCORE_STEPS = 1e6; // scores are ranked as they are, and shown to this part of one
/** Candidates whose scores are kept with a trace, the best ones. */
const MAX_SCORES = 8;

/** The order of candidates for one request, and why. */
export function rank(request: RankRequest): Ranking {
  const { route, strategy, reach, seed } = request;
  const shut = shutTargets(request);
  const { score, draws } = STRATEGIES[strategy];
  if (score === null) {
    const drawn = hasChoice(route.groups) || hasChoice(route.fallbacks);
    return { order: drawAround(request, shut), shut, scores: null, drawn };
  }
  const groups = shut.length === 0 ? route.groups : withoutShut(route.groups, shut);
  const chain = shut.length === 0 ? route.fallbacks : withoutShut(route.fallbacks, shut);
  const rated = rateAll(groups, score, request);
  rated.sort((a, b) => b.score - a.score);
  const equals = groupsOfEqual(rated);
  const order = drawWithChain(equals, chain, reach, seed);
  const drawn = draws === true || hasChoice(equals) || hasChoice(chain);
  return { order, shut, scores: scoresOf(rated, order, reach, request), drawn };
}

/** Drawn among all, then without those that are shut: whoever's draw did not fall on one of them stays where it was. */
function drawAround({ route, reach, seed }: RankRequest, shut: readonly ShutTarget[]): readonly RouteTarget[] {
  const order = drawWithChain(route.groups, route.fallbacks, reach + shut.length, seed);
  return shut.length === 0 ? order : order.filter((target) => !isAmong(shut, target));
}

/** What may not be called now; nothing if that were all: the breaker then has the last word. */
function shutTargets({ live, route }: RankRequest): readonly ShutTarget[] {
  if (live.open.size === 0) return NONE_SHUT;
  let shut: ShutTarget[] | null = null;
  for (const target of route.all) {
    const why = live.open.get(target.key);
    if (why) (shut ??= []).push({ target, why });
  }
  return shut === null || shut.length === route.all.length ? NONE_SHUT : shut;
}

function withoutShut(groups: Route['groups'], shut: readonly ShutTarget[]): Route['groups'] {
  return groups.map((group) => group.filter((target) => !isAmong(shut, target))).filter((group) => group.length > 0);
}

const isAmong = (shut: readonly ShutTarget[], target: RouteTarget): boolean =>
  shut.some((one) => one.target === target);

interface Rated {
  readonly target: RouteTarget;
  readonly estimate: Estimate;
  readonly score: number;
}

function rateAll(groups: Route['groups'], score: NonNullable<Strategy['score']>, request: RankRequest): Rated[] {
  const rated: Rated[] = [];
  let model: RouteTarget['model'] | null = null;
  let quality = 0;
  for (const group of groups) {
    for (const target of group) {
      if (target.model !== model) quality = qualityOf((model = target.model), request);
      const estimated = estimate(target, quality, request);
      rated.push({ target, estimate: estimated, score: score(estimated, target.model, request) });
    }
  }
  return rated;
}

/** Targets of one model that rank alike share by weight. */
function groupsOfEqual(rated: readonly Rated[]): RouteTarget[][] {
  const groups: RouteTarget[][] = [];
  let before: Rated | null = null;
  for (const one of rated) {
    const isAlike = before !== null && before.score === one.score && before.target.model === one.target.model;
    const group = isAlike ? groups[groups.length - 1] : undefined;
    if (group) group.push(one.target);
    else groups.push([one.target]);
    before = one;
  }
  return groups;
}

/** Those that may be called in the order of the calls, then the others by score. */
function scoresOf(
  rated: readonly Rated[],
  order: readonly RouteTarget[],
  reach: number,
  inputs: EstimateInputs,
): RouteCandidate[] {
  const called = order.slice(0, reach);
  const scores: RouteCandidate[] = [];
  for (const target of called) {
    const one = rated.find((candidate) => candidate.target === target); // among the first few
    if (one) scores.push(scored(one, inputs));
  }
  for (const one of rated) {
    if (scores.length >= MAX_SCORES) break;
    if (!called.includes(one.target)) scores.push(scored(one, inputs));
  }
  return scores;
}

function scored({ target, estimate: estimated, score }: Rated, inputs: EstimateInputs): RouteCandidate {
  const { model, provider, upstreamModel } = nameOf(target);
  const rounded = Math.round(score * SCORE_STEPS) / SCORE_STEPS;
  return { model, provider, upstreamModel, score: rounded, terms: termsOf(estimated, target, inputs) };
}

/** Where the quality comes from is told as well: `learned` from the operator's evaluations, `feedback` by so many verdicts. */
function termsOf(
  { quality, usd, latencyMs, load }: Estimate,
  { model, weight }: RouteTarget,
  { traits, live }: EstimateInputs,
): Record<string, number> {
  const terms: Record<string, number> = { quality, latencyMs, load, weight };
  if (usd !== null) terms['usd'] = usd;
  if (traits.learned?.has(model.id)) terms['learned'] = 1;
  const verdicts = feedbackWeight(model, traits, live.evidence);
  if (verdicts > 0) terms['feedback'] = Math.round(verdicts * 10) / 10;
  return terms;
}

export function nameOf({ model, target }: RouteTarget): Pick<RouteCandidate, 'model' | 'provider' | 'upstreamModel'> {
  return { model: model.id, provider: target.provider, upstreamModel: target.upstreamModel };
}

/** No moments and no names: plans are shared by many requests, and shown to whoever asked. */
const REASONS = {
  down: 'it failed lately or asked to wait: its circuit breaker is open',
  forced: 'an operator took it out of service: its circuit breaker is held open',
  drained: 'an operator took it out of service: it is drained',
} as const satisfies Record<ShutReason, string>;

export function rejectionsOf(shut: readonly ShutTarget[]): RejectedCandidate[] {
  return shut.map(({ target: { model, target }, why }) => ({
    model: model.id,
    provider: target.provider,
    reason: REASONS[why],
  }));
}
