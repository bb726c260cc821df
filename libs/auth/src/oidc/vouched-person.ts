import type { OidcProviderConfig } from '@relay/config';
import type { LoginError } from '@relay/contracts';
import { err, ok, type Result } from '@relay/core';
import { z } from 'zod';
import { claimedStanding, type Standing } from '../tokens/claimed-role';
import { type Claims, textAt } from '../tokens/claims';

const MAX_SUBJECT_CHARS = 255; // OpenID Connect Core, 2
const MAX_EMAIL_CHARS = 254;

const emailSchema = z.email();

/** What a provider says of somebody, as far as the relay goes by it. */
export interface VouchedPerson {
  readonly subject: string;
  readonly email: string | null; // in small letters
  readonly emailVerified: boolean;
  /** Null: none by the claims. */
  readonly standing: Standing | null;
  /** Whether the provider decides what users may do. Else it only does for new ones. */
  readonly decidesRole: boolean;
}

export function vouchedPerson(provider: OidcProviderConfig, claims: Claims): Result<VouchedPerson, LoginError> {
  const subject = textAt(claims, 'sub', MAX_SUBJECT_CHARS);
  if (subject === null) return err('provider_refused');
  const email = emailOf(provider, claims);
  // `email_verified` speaks of `email`, and of no other claim.
  const emailVerified = email !== null && provider.emailClaim === 'email' && claims.email_verified === true;
  const refusal = refuseDomain(provider, email, emailVerified);
  if (refusal) return err(refusal);
  const decidesRole = provider.roleClaim !== undefined;
  return ok({ subject, email, emailVerified, standing: claimedStanding(provider, claims), decidesRole });
}

function emailOf({ emailClaim }: OidcProviderConfig, claims: Claims): string | null {
  const text = textAt(claims, emailClaim, MAX_EMAIL_CHARS);
  return text !== null && emailSchema.safeParse(text).success ? text.toLowerCase() : null;
}

/** An address that nobody verified proves no domain. */
function refuseDomain(
  { allowedDomains }: OidcProviderConfig,
  email: string | null,
  isVerified: boolean,
): LoginError | null {
  if (allowedDomains === undefined) return null;
  const domain = email?.slice(email.lastIndexOf('@') + 1);
  if (!allowedDomains.some((allowed) => allowed.toLowerCase() === domain)) return 'not_allowed';
  return isVerified ? null : 'email_unverified';
}
