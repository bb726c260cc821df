import type { BearerIssuerConfig } from '@relay/config';
import { claimedTenant } from '../tokens/claimed-tenant';
import { type Claims, textAt, textsAt, wordsAt } from '../tokens/claims';
import { shownSubject, subjectId } from '../tokens/subject-id';
import { SCOPES, type KeyFacts } from '../domain/principal';

const MAX_SUBJECT_CHARS = 512;
const MAX_MODEL_CHARS = 128;

/** A token as a key: the facts of one, and the tenant that it belongs to, if there is such a tenant. */
export interface BearerCaller {
  readonly tenant: string;
  readonly key: KeyFacts;
}

/** What a verified token stands for on the data plane; null: nobody. `expiresAt` in ms since the epoch. */
export function bearerCaller(issuer: BearerIssuerConfig, claims: Claims, expiresAt: number): BearerCaller | null {
  const tenant = claimedTenant(issuer, claims);
  const subject = textAt(claims, issuer.subjectClaim, MAX_SUBJECT_CHARS);
  if (tenant === null || subject === null) return null;
  const key: KeyFacts = {
    id: subjectId(issuer.issuer, subject),
    name: shownSubject(subject),
    scopes: scopesOf(issuer, claims),
    models: modelsOf(issuer, claims),
    limits: {},
    expiresAt,
  };
  return { tenant, key };
}

function scopesOf({ scopes, scopeClaim }: BearerIssuerConfig, claims: Claims): readonly string[] {
  if (scopes === undefined) return [SCOPES.inference];
  const values = wordsAt(claims, scopeClaim);
  return [...new Set(values.flatMap((value) => (Object.hasOwn(scopes, value) ? [scopes[value] ?? ''] : [])))];
}

/** Without the claim a token may use no model, where its issuer is said to name them. */
function modelsOf({ modelsClaim }: BearerIssuerConfig, claims: Claims): readonly string[] | null {
  if (modelsClaim === undefined) return null;
  return textsAt(claims, modelsClaim).filter((model) => model.length <= MAX_MODEL_CHARS);
}
