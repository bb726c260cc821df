import type { Label } from './semantic-model';

/** The change that is looked for: from the budget, which what is served keeps, to so many times as many errors. */
const WORSE = 4;
const MAX_WORSE_RATE = 0.9;
/** Sum of log-likelihood ratios that raises the alarm. While the budget is kept an alarm comes once in more than e^5 = 150 labels. */
const ALARM = 5;

export interface Drift {
  /** When the error of what is served began to exceed the budget for the last time, ms since the epoch. */
  readonly since: number;
  readonly alarms: number;
}

/**
 * Whether the error of what is served has come to exceed the budget; null while nothing says so. Labels oldest first.
 *
 * Page's CUSUM test (Biometrika 41, 1954) for Bernoulli trials over the labels of served hits. Budget 1%: four errors in a row, or
 * six within about 100 labels. After an alarm it begins anew. Labels of misses take no part: their error says nothing about what is served.
 */
export function findDrift(labels: readonly Label[], maxErrorPerHit: number): Drift | null {
  const worse = Math.min(MAX_WORSE_RATE, WORSE * maxErrorPerHit);
  const wrong = Math.log(worse / maxErrorPerHit);
  const right = Math.log((1 - worse) / (1 - maxErrorPerHit));
  let since: number | null = null;
  let alarms = 0;
  let sum = 0;
  let began: number | null = null;
  for (const { correct, source, at } of labels) {
    if (source === 'miss') continue;
    sum = Math.max(0, sum + (correct ? right : wrong));
    began = sum === 0 ? null : (began ?? at);
    if (sum < ALARM || began === null) continue;
    since = began;
    alarms++;
    sum = 0;
    began = null;
  }
  return since === null ? null : { since, alarms };
}
