import type { CachedAnswer } from './cached-answer';
import { readLabels } from './labels';

/** An entry of the exact cache as people see it; times in ms since the epoch. */
export interface ExactEntry {
  readonly key: string;
  readonly tenant: string; // whose request paid for it
  readonly owner: string;
  readonly model: string | null; // asked for
  readonly version: string;
  readonly tags: readonly string[];
  readonly status: number; // 200, or of a refusal
  readonly servedModel: string;
  readonly provider: string;
  readonly sourceTraceId: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly bytes: number;
  readonly costUsd: string | null;
}

export interface ExactEntryQuery {
  /** All of them must fit (`tenant:acme`, `model:small`, ...); none: every entry. */
  readonly labels: readonly string[];
  readonly limit: number;
  readonly cursor?: string | null;
}

/** A page may be short of its limit and yet not the last: `nextCursor` alone tells. */
export interface ExactEntryPage {
  readonly entries: readonly ExactEntry[];
  readonly nextCursor: string | null;
}

/** Where a page ended: entries stand in the order of their end, then of their key, both falling. */
export interface EntryPosition {
  readonly endMs: number;
  readonly key: string;
}

export function viewEntry(key: string, answer: CachedAnswer): ExactEntry {
  const { body, labels, status, servedModel, provider, sourceTraceId, createdAt, expiresAt, costUsd } = answer;
  const source = { servedModel, provider, sourceTraceId, costUsd };
  return { key, ...readLabels(labels), status, ...source, createdAt, expiresAt, bytes: body.length };
}

export const comesBefore = (a: EntryPosition, b: EntryPosition): boolean =>
  a.endMs === b.endMs ? a.key > b.key : a.endMs > b.endMs;

export const formatCursor = ({ endMs, key }: EntryPosition): string => `${endMs}:${key}`;

const CURSOR = /^(\d{1,15}(?:\.\d{1,6})?):([0-9a-f]{64})$/;

/** `undefined` for a text that is no cursor. */
export function parseCursor(text: string): EntryPosition | undefined {
  const [, endMs, key] = CURSOR.exec(text) ?? [];
  return endMs === undefined || key === undefined ? undefined : { endMs: Number(endMs), key };
}
