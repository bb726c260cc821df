import { isSha256Hex } from '@relay/core';

/** What an answer can be invalidated by: `tenant:acme`, `owner:g:support`, `model:small`, `version:1`, `tag:x`, `entry:<id>`, `key:<hex>`. */
export interface LabelSource {
  readonly tenantId: string;
  readonly owner: string; // see OwnerDirectory
  readonly requestedModel: string;
  readonly servedModel: string;
  readonly tags: readonly string[];
  readonly version: string; // the plan's cache.version
  readonly key: string; // exact key; empty without one
}

/** Answers that have everything that is named; `all` stands alone. */
export interface CacheSelector {
  readonly tenant?: string | undefined; // whose request paid for the answer
  readonly owner?: string | undefined; // see OwnerDirectory: `g:support`, `t:acme`
  readonly model?: string | undefined; // asked for or served
  readonly tag?: string | undefined;
  readonly version?: string | undefined;
  readonly entry?: string | undefined; // id of a semantic entry, or an exact key
  readonly key?: string | undefined; // exact key
  readonly all?: boolean | undefined;
}

/** Longest label of a selector; longer than the API lets through (models and versions of 256 characters). */
export const MAX_LABEL_CHARS = 512;
/** One for each field of a selector but `all`. */
export const MAX_LABELS_NAMED = 7;
const MAX_TAGS = 20; // the 16 a client may give, and those of guards
const MAX_TAG_CHARS = 64;

const tagLabel = (tag: string): string => `tag:${tag.slice(0, MAX_TAG_CHARS)}`;
const entryLabel = (id: string): string => (isSha256Hex(id) ? `key:${id}` : `entry:${id}`);
/** A tenant that shares with nobody has no label as an owner: that of the tenant tells. */
const ownerLabel = (owner: string): string => (owner.startsWith('t:') ? `tenant:${owner.slice(2)}` : `owner:${owner}`);

/** The labels of an answer. Tags beyond the twentieth are left out, longer ones cut: labels are kept with each answer. */
export function labelsOf(source: LabelSource): readonly string[] {
  const { tenantId, owner, requestedModel, servedModel, tags, version, key } = source;
  const labels = [`tenant:${tenantId}`, `version:${version}`, `model:${requestedModel}`];
  if (servedModel !== '' && servedModel !== requestedModel) labels.push(`model:${servedModel}`);
  if (owner !== `t:${tenantId}`) labels.push(`owner:${owner}`);
  for (const tag of new Set(tags.slice(0, MAX_TAGS))) labels.push(tagLabel(tag));
  if (key !== '') labels.push(`key:${key}`);
  return labels;
}

/** The labels that an answer must all have, sorted; none for `all`. `null` when nothing is named, more beside `all`, or a name is too long. */
export function labelsNamed(selector: CacheSelector): readonly string[] | null {
  const { all, tenant, owner, model, tag, version, entry, key } = selector;
  const labels: string[] = [];
  if (tenant !== undefined) labels.push(`tenant:${tenant}`);
  if (owner !== undefined) labels.push(ownerLabel(owner));
  if (model !== undefined) labels.push(`model:${model}`);
  if (tag !== undefined) labels.push(tagLabel(tag));
  if (version !== undefined) labels.push(`version:${version}`);
  if (entry !== undefined) labels.push(entryLabel(entry));
  if (key !== undefined) labels.push(`key:${key}`);
  if ((all === true) === labels.length > 0 || labels.some(({ length }) => length > MAX_LABEL_CHARS)) return null;
  return [...new Set(labels)].sort();
}

export const hasLabels = (labels: readonly string[], wanted: readonly string[]): boolean =>
  wanted.every((label) => labels.includes(label));

/** What labels of an answer tell, for people. */
export interface LabelView {
  readonly tenant: string;
  readonly owner: string;
  readonly model: string | null; // asked for
  readonly version: string;
  readonly tags: readonly string[];
}

export function readLabels(labels: readonly string[]): LabelView {
  const valuesOf = (kind: string): string[] =>
    labels.filter((label) => label.startsWith(`${kind}:`)).map((label) => label.slice(kind.length + 1));
  const tenant = valuesOf('tenant')[0] ?? '';
  return {
    tenant,
    owner: valuesOf('owner')[0] ?? `t:${tenant}`,
    model: valuesOf('model')[0] ?? null, // `labelsOf` puts it in front of the one that answered
    version: valuesOf('version')[0] ?? '',
    tags: valuesOf('tag'),
  };
}
