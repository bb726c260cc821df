import { canonicalJson, sha256Hex } from '@relay/core';

/** What somebody did, to what. */
export interface AuditEntry {
  readonly actor: { readonly id: string; readonly email: string };
  readonly action: string; // e.g. policy.publish
  readonly target: string; // e.g. default@7
  readonly detail: Readonly<Record<string, unknown>>; // JSON
}

/** Who did it; null: the relay itself, of which nothing is told. */
export type Actor = AuditEntry['actor'] | null;

/** An entry in its place in the log. */
export interface ChainedEntry extends AuditEntry {
  readonly seq: number; // 1, 2, 3 ... without a gap
  readonly at: string; // ISO 8601, ms
  readonly prevHash: string; // of the entry before
  readonly hash: string; // SHA-256, hex
}

/** What stands before the first entry. */
export const CHAIN_START = { seq: 0, hash: '0'.repeat(64) } as const;

/** The entry after `last`; its hash covers everything in it and, through `prevHash`, all that came before. */
export function chainEntry(last: Pick<ChainedEntry, 'seq' | 'hash'>, at: string, entry: AuditEntry): ChainedEntry {
  const { actor, action, target } = entry;
  const unhashed = {
    seq: last.seq + 1,
    at,
    actor: { id: actor.id, email: actor.email },
    action,
    target,
    detail: storable(entry.detail),
    prevHash: last.hash,
  };
  return { ...unhashed, hash: hashOf(unhashed) };
}

/** Why `entry` cannot be what was written after `last`; null if it can. */
export function breakOfChain(
  last: Pick<ChainedEntry, 'seq' | 'hash'>,
  entry: ChainedEntry,
): 'missing' | 'moved' | 'changed' | null {
  if (entry.seq !== last.seq + 1) return 'missing';
  if (entry.hash !== hashOf(entry)) return 'changed';
  return entry.prevHash === last.hash ? null : 'moved';
}

function hashOf({ seq, at, actor, action, target, detail, prevHash }: Omit<ChainedEntry, 'hash'>): string {
  return sha256Hex(prevHash + canonicalJson({ seq, at, actor, action, target, detail }));
}

/** PostgreSQL's jsonb takes neither U+0000 nor half a surrogate pair. */
function storable(detail: AuditEntry['detail']): AuditEntry['detail'] {
  const clean = (_key: string, value: unknown): unknown =>
    typeof value === 'string' ? value.replace(/[\0\p{Surrogate}]/gu, '\ufffd') : value;
  return JSON.parse(JSON.stringify(detail, clean)) as AuditEntry['detail'];
}
