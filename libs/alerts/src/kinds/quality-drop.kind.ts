import { deviationsOf, differenceOf, shareInterval, type VoicedMean, voicedMean } from '@relay/core';
import type { AlertRule } from '../domain/rule';
import { type Kind, MAX_SUBJECTS, type Reading } from './kind';

/** Before the window; the same days of the week are in it four times. */
const BASELINE_MS = 28 * 86_400_000;
/** A fall that chance explains is none. */
const DEVIATIONS = deviationsOf(0.95);
/** As so many verdicts of different users either side has to count: one who is loud proves nothing. */
const LEAST_INDEPENDENT = 10;
/** Feedback knows the model that answered, and no provider. */
const SUBJECTS = { tenant: 'tenant', model: 'model', provider: `''` } as const;
/** A verdict without a user is a voice of its own. */
const VOICE = `coalesce(tenant || chr(10) || user_name, trace_id::text || key_id)`;

interface Row {
  readonly subject: string;
  readonly present: boolean; // said in the window, or before
  readonly voices: string; // bigint
  readonly count: number;
  readonly sum: number;
  readonly count_squares: number;
  readonly sum_squares: number;
  readonly products: number;
}

/**
 * How far the mean of feedback, as 0 to 1, is below that of the four weeks before: 0.1 is a fall from 0.85 to 0.75. Nought where the two may
 * be the same by chance.
 */
export const qualityDrop: Kind = {
  ...{ unit: 'share', threshold: 0.1, windowMs: 86_400_000, minRequests: 30, by: null },
  async read(figures, rule, now, open): Promise<Reading[]> {
    const begin = now - rule.windowMs;
    const times = [new Date(begin), new Date(now), new Date(begin - BASELINE_MS)];
    const { tenant, model } = rule.scope;
    const rows = await figures.query<Row>(said(rule), [...times, tenant, model, open]);
    const usual = new Map(rows.filter(({ present }) => !present).map((row) => [row.subject, row]));
    return rows
      .filter(({ present }) => present)
      .map((row) => ({ subject: row.subject, value: fallOf(row, usual.get(row.subject), rule.minRequests) }));
  },
};

/** Of the subjects about which most was said in the window, and of those with an alert. */
function said({ by }: AlertRule): string {
  const subject = by === null ? `''` : SUBJECTS[by];
  return `
    WITH spoken AS (
      SELECT ${subject} AS subject, at >= $1 AS present, count(*)::float8 AS n, sum((score::float8 + 1) / 2) AS s
      FROM feedback
      WHERE at >= $3 AND at < $2 AND ($4::text IS NULL OR tenant = $4) AND ($5::text IS NULL OR model = $5)
        AND ${subject} IS NOT NULL
      GROUP BY 1, 2, ${VOICE}
    ), largest AS (
      SELECT subject, row_number() OVER (ORDER BY sum(n) DESC, subject) AS place FROM spoken WHERE present GROUP BY subject
    )
    SELECT subject, present, count(*) AS voices, sum(n) AS count, sum(s) AS sum, sum(n * n) AS count_squares,
      sum(s * s) AS sum_squares, sum(n * s) AS products
    FROM spoken JOIN largest USING (subject)
    WHERE place <= ${MAX_SUBJECTS} OR subject = ANY ($6::text[])
    GROUP BY 1, 2`;
}

function fallOf(present: Row, usual: Row | undefined, least: number): number | null {
  if (usual === undefined || present.count < least || usual.count < least) return null;
  const [now, before] = [meanOf(present), meanOf(usual)];
  if (now === null || before === null || Math.min(now.count, before.count) < LEAST_INDEPENDENT) return null;
  const fall = differenceOf(
    shareInterval(now.mean, now.count, DEVIATIONS),
    shareInterval(before.mean, before.count, DEVIATIONS),
  );
  return fall.low > 0 ? fall.value : 0;
}

function meanOf(row: Row): VoicedMean | null {
  const { voices, count, sum, count_squares: countSquares, sum_squares: sumSquares, products } = row;
  return voicedMean({ voices: Number(voices), count, sum, countSquares, sumSquares, products });
}
