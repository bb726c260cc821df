import type { Strategy } from './strategy';

const PER_REQUESTS = 1_000;
const SECOND_MS = 1_000;
/** USD for 1,000 requests taken where the price is not known: that of a dear model, so that it is not chosen for being unknown. */
const UNKNOWN_PRICE = 10;

/** Quality against money, time and crowding, by the policy's weights. */
export const hybrid: Strategy = {
  describe: (fields) =>
    `hybrid: ${fields['route.weights.quality']} x quality - ${fields['route.weights.cost']} x USD per 1,000 requests` +
    ` - ${fields['route.weights.latency']} x seconds - ${fields['route.weights.load']} x load`,
  score: ({ quality, usd, latencyMs, load }, _model, { fields }) =>
    fields['route.weights.quality'] * quality -
    fields['route.weights.cost'] * (usd === null ? UNKNOWN_PRICE : usd * PER_REQUESTS) -
    (fields['route.weights.latency'] * latencyMs) / SECOND_MS -
    fields['route.weights.load'] * load,
};
