import type { Label } from './semantic-model';

/** The change that is looked for: from the budget, which what is served keeps, to so many times as many errors. */
const WORSE = 4;
const MAX_WORSE_RATE = 0.9;
/** Sum of log-likelihood ratios that raises the alarm. While the budget is kept an alarm comes once in more than e^7 = 1,100 labels. */
const ALARM = 7;

/**
 * When the error of what is served last began to exceed the budget, ms since the epoch; null while nothing says so.
 *
 * Page's CUSUM test (Biometrika 41, 1954) for Bernoulli trials over the labels of served hits, in the order in which they were given.
 * Budget 1%: five errors in a row, or six within about 75 labels. After an alarm it begins anew.
 * Labels of misses take no part: their error says nothing about what is served.
 */
export function driftedSince(labels: readonly Label[], maxErrorPerHit: number): number | null {
  const worse = Math.min(MAX_WORSE_RATE, WORSE * maxErrorPerHit);
  const wrong = Math.log(worse / maxErrorPerHit);
  const right = Math.log((1 - worse) / (1 - maxErrorPerHit));
  let sum = 0;
  let began: number | null = null;
  let changedAt: number | null = null;
  for (const { correct, source, at } of labels) {
    if (source === 'miss') continue;
    sum = Math.max(0, sum + (correct ? right : wrong));
    if (sum === 0) began = null;
    else began ??= at;
    if (sum < ALARM) continue;
    changedAt = began;
    sum = 0;
    began = null;
  }
  return changedAt;
}
