import type { PolicyVersion } from '@relay/contracts';

/** A version without what is large in it. */
export interface PolicyVersionRow {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly status: PolicyVersion['status'];
  readonly digest: string;
  readonly note: string | null;
  readonly based_on: string | null;
  readonly base_name: string | null;
  readonly base_version: number | null;
  readonly created_by: string;
  readonly created_at: Date;
  readonly published_by: string | null;
  readonly published_at: Date | null;
}

export interface FullPolicyVersionRow extends PolicyVersionRow {
  readonly source: string;
  readonly document: unknown;
}

export function toPolicyVersion(row: PolicyVersionRow): PolicyVersion {
  return {
    name: row.name,
    version: row.version,
    status: row.status,
    digest: row.digest,
    note: row.note,
    basedOn: row.base_name === null ? null : `${row.base_name}@${row.base_version}`,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    publishedBy: row.published_by,
    publishedAt: row.published_at?.toISOString() ?? null,
  };
}
