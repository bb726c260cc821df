/** The first spell lasts this long at most, each further one twice as long as the one before, in ms. */
const FIRST_SPELL_MS = 2_000;
const MAX_SPELL_MS = 60_000;
/** A timer may fire this much before its time, in ms; who waited as long as the upstream asked for is not turned away for it. */
const TIMER_SLACK_MS = 2;
/** Limits are told before an answer begins: a trial that was not refused for so long, in ms, is not going to be. */
const TRIAL_MS = 1_000;

/**
 * An upstream's wish to be left alone (`Retry-After`), believed step by step: one answer may be wrong, or meant for one request only,
 * and must not stall everybody else's.
 *
 *     free --Retry-After--> quiet --time is up, a call comes--> trial --goes well, or takes its time--> free
 *                             ^---- Retry-After, twice as long ---'
 *
 * What was under way when a spell began says nothing about what comes after it. Times are those of a monotonic clock, in ms.
 */
export class QuietSpells {
  private inARow = 0; // spells without a call that went well
  private endOfSpell = Number.NEGATIVE_INFINITY;
  private quietUntil = Number.NEGATIVE_INFINITY; // the spell, or what is left of the trial's head start
  private trialDue = false;

  get until(): number {
    return this.quietUntil;
  }

  /** The next call is the one that finds out, once it is not quiet any more. */
  get isTrialDue(): boolean {
    return this.trialDue;
  }

  isQuiet(now: number): boolean {
    return now < this.quietUntil;
  }

  /** A call is let through. True if it is the trial: the others wait for it. */
  begin(now: number): boolean {
    if (!this.trialDue) return false;
    this.trialDue = false;
    this.quietUntil = now + TRIAL_MS;
    return true;
  }

  /** A call was answered with the wish to be left alone for `wishMs`. True if a spell begins. */
  asked(startedAt: number, wishMs: number, now: number): boolean {
    const spellMs = Math.min(wishMs - TIMER_SLACK_MS, FIRST_SPELL_MS * 2 ** this.inARow, MAX_SPELL_MS);
    if (spellMs <= 0 || startedAt < this.endOfSpell) return false;
    this.inARow += 1;
    this.endOfSpell = now + spellMs;
    this.quietUntil = this.endOfSpell;
    this.trialDue = true;
    return true;
  }

  /** True if that makes the target free again. */
  wentWell(startedAt: number, now: number): boolean {
    if (startedAt < this.endOfSpell) return false;
    const wasFree = !this.trialDue && !this.isQuiet(now);
    this.inARow = 0;
    this.quietUntil = this.endOfSpell;
    this.trialDue = false;
    return !wasFree;
  }

  /** A call ended without a word about the limit: if it was the trial, the next one is, and this is true. */
  toldNothing(startedAt: number, now: number): boolean {
    if (startedAt < this.endOfSpell || !this.isQuiet(now)) return false;
    this.quietUntil = now;
    this.trialDue = true;
    return true;
  }

  reset(): void {
    this.inARow = 0;
    this.endOfSpell = Number.NEGATIVE_INFINITY;
    this.quietUntil = Number.NEGATIVE_INFINITY;
    this.trialDue = false;
  }
}
