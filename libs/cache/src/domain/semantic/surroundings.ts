/** An entry near a prompt, as far as others near it can speak for it or against it. */
export interface Placed {
  /** Cosine to the prompt. */
  readonly similarity: number;
  /** Entries whose answers were judged to be the same have one answer, under one id. */
  readonly answerId: string | number;
  /** What judges said of that answer lately, 0 to 1 (see `recordAfter`); null: nothing yet. */
  readonly record: number | null;
}

/** What the entries around a prompt say about one of them. */
export interface Surroundings {
  /** Share of the other places near the prompt that entries with the same answer hold. */
  readonly support: number;
  /** By how much, of a cosine, that answer is nearer than the nearest other one. */
  readonly lead: number;
  /** How often that answer was right of late. */
  readonly record: number;
}

/** Of an answer that was never judged. */
export const UNKNOWN_RECORD = 0.7;
/** How far each verdict moves the record: the latest three make most of it, as what is asked near an entry changes. */
export const RECORD_STEP = 0.35;

/** Nothing is known but the pair itself. */
export const ALONE: Surroundings = { support: 0, lead: 0, record: UNKNOWN_RECORD };

/** The record after one more verdict: an average in which the latest counts most. */
export const recordAfter = (record: number | null, correct: boolean): number =>
  (1 - RECORD_STEP) * (record ?? UNKNOWN_RECORD) + (correct ? RECORD_STEP : 0);

/** Entries near a prompt, as a look-up finds them. */
export interface Neighbourhood<T extends Placed> {
  /** To which no guard objects. */
  readonly fitting: readonly T[];
  /** How many a look-up asks for. */
  readonly places: number;
  /** Cosine of the farthest one, where all places were filled: nothing else that is stored is nearer. Null: there is nothing else. */
  readonly horizon: number | null;
}

/**
 * Two questions that are alike have one answer less often where questions with other answers are as near, and more often where all around have
 * one: nearest neighbours in a vote (Cover and Hart, IEEE Trans. Inf. Theory 13, 1967). Where there is nothing else, nothing is known of a lead.
 */
export function surroundingsOf<T extends Placed>(
  { answerId, record }: Placed,
  { fitting, places, horizon }: Neighbourhood<T>,
): Surroundings {
  let [own, ours, theirs] = [0, -1, -1];
  for (const each of fitting) {
    if (each.answerId === answerId) {
      own++;
      ours = Math.max(ours, each.similarity);
    } else theirs = Math.max(theirs, each.similarity);
  }
  const rival = theirs > -1 ? theirs : (horizon ?? ours);
  return {
    support: Math.max(0, own - 1) / Math.max(1, places - 1),
    lead: Math.max(0, ours - rival),
    record: record ?? UNKNOWN_RECORD,
  };
}
