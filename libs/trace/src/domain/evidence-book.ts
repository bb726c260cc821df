import type { Evidence } from '@relay/contracts';

/** Evidence counts half after so long: models change, and what they are asked for. In ms. */
export const EVIDENCE_HALF_LIFE_MS = 30 * 86_400_000;
/** Pairs of task and model that one book keeps; there are eleven tasks. */
const MAX_KEYS = 2_048;
/** What an automatic signal weighs beside a person's verdict, and what all of them may weigh together for one task and model. */
const SIGNAL_WEIGHT = 0.1;
const MAX_SIGNALS_WEIGHT = 1;
/** Signals come with each answer: they are taken over so often. A verdict counts at once. */
const SIGNALS_DELAY_MS = 5_000;
/** Without anything new weights are brought up to date so often. */
const REFRESH_MS = 86_400_000;

interface Entry {
  weight: number;
  sum: number;
  at: number; // ms since the epoch: when it weighed so much
}

/** What is left after so long of a weight of 1. */
export const decay = (sinceMs: number): number => 0.5 ** (Math.max(0, sinceMs) / EVIDENCE_HALF_LIFE_MS);

/** What was thought of the answers to one tenant, or one user, by task and model. Every time is in ms since the epoch. */
export class EvidenceBook {
  private verdicts = new Map<string, Entry>();
  private readonly signals = new Map<string, Entry>();
  private page: ReadonlyMap<string, Evidence> = new Map();
  private writtenAt = Number.NEGATIVE_INFINITY;
  private news: 'none' | 'signals' | 'verdicts' = 'none';

  /** Takes over what is known of people's verdicts, as of `at`. */
  replace(verdicts: Iterable<readonly [key: string, evidence: Evidence]>, at: number): void {
    this.verdicts = new Map();
    for (const [key, { weight, sum }] of verdicts) add(this.verdicts, key, weight, sum, at);
    this.news = 'verdicts';
  }

  /** More verdicts, or fewer where the weight is negative. */
  add(key: string, { weight, sum }: Evidence, at: number): void {
    add(this.verdicts, key, weight, sum, at);
    this.news = 'verdicts';
  }

  /** What people's verdicts weigh at a time. */
  verdictsOf(key: string, at: number): Evidence {
    const entry = this.verdicts.get(key);
    const factor = entry ? decay(at - entry.at) : 0;
    return { weight: factor * (entry?.weight ?? 0), sum: factor * (entry?.sum ?? 0) };
  }

  /** What a check made of an answer, 0 to 1. However many there are, they weigh no more than one person. */
  signal(key: string, share: number, at: number): void {
    const entry = add(this.signals, key, SIGNAL_WEIGHT, SIGNAL_WEIGHT * share, at);
    if (entry && entry.weight > MAX_SIGNALS_WEIGHT) scale(entry, MAX_SIGNALS_WEIGHT / entry.weight);
    if (this.news === 'none') this.news = 'signals';
  }

  /** The same map until something changes. */
  read(at: number): ReadonlyMap<string, Evidence> {
    const age = at - this.writtenAt;
    const isDue = this.news === 'verdicts' || (this.news === 'signals' && age >= SIGNALS_DELAY_MS);
    if (isDue || (age >= REFRESH_MS && this.page.size > 0)) this.write(at);
    return this.page;
  }

  private write(at: number): void {
    const page = new Map<string, Evidence>();
    for (const entries of [this.verdicts, this.signals]) {
      for (const [key, entry] of entries) {
        const factor = decay(at - entry.at);
        const { weight, sum } = page.get(key) ?? { weight: 0, sum: 0 };
        page.set(key, { weight: weight + factor * entry.weight, sum: sum + factor * entry.sum });
      }
    }
    this.page = page;
    this.writtenAt = at;
    this.news = 'none';
  }
}

/** Adds to what is left of an entry; `undefined` if there is no room for another key. */
function add(entries: Map<string, Entry>, key: string, weight: number, sum: number, at: number): Entry | undefined {
  let entry = entries.get(key);
  if (!entry) {
    if (entries.size >= MAX_KEYS) return undefined;
    entry = { weight: 0, sum: 0, at };
    entries.set(key, entry);
  }
  scale(entry, decay(at - entry.at));
  entry.at = Math.max(entry.at, at);
  entry.weight = Math.max(entry.weight + weight, 0);
  entry.sum = Math.min(Math.max(entry.sum + sum, 0), entry.weight);
  return entry;
}

function scale(entry: Entry, factor: number): void {
  entry.weight *= factor;
  entry.sum *= factor;
}
