import type { AlertRule, KindDefaults } from '../domain/rule';

/** Subjects of one rule that are looked at, those with most requests first; those that have an alert already are looked at as well. */
export const MAX_SUBJECTS = 200;

/** What a rule found. The subject is empty where it watches all at once. */
export interface Reading {
  readonly subject: string;
  /** In the unit of the kind; null: too few requests to say anything. */
  readonly value: number | null;
}

/** The database, with a bound on the time that a statement may take. */
export interface Figures {
  query<Row>(text: string, values: readonly unknown[]): Promise<Row[]>;
}

/** A kind of alert: what it measures, and what holds where a rule does not say. */
export interface Kind extends KindDefaults {
  /** `open`: subjects that have an alert of this rule. */
  read(figures: Figures, rule: AlertRule, now: number, open: readonly string[]): Promise<Reading[]>;
}
