import { type AuthenticatedUser, maySeeTenant, tenantScope } from '@relay/auth';
import { labelsNamed } from '@relay/cache';
import type { StartCacheInvalidation } from '@relay/contracts';
import { RelayError } from '@relay/core';

/** What is to be invalidated; whoever is confined to one tenant means that one. Refused when nothing is named, or what they do not see. */
export function selectorFor(user: AuthenticatedUser, body: StartCacheInvalidation): StartCacheInvalidation {
  const selector = withinScope(user, body);
  if (labelsNamed(selector) === null) throw nothingNamed();
  return selector;
}

function withinScope(user: AuthenticatedUser, body: StartCacheInvalidation): StartCacheInvalidation {
  if (body.tenant !== undefined && !maySeeTenant(user, body.tenant)) {
    throw new RelayError('not_found', 'There is no such tenant.', { param: 'tenant' });
  }
  const scope = tenantScope(user);
  if (scope === null) return body;
  if (body.all)
    throw new RelayError('forbidden', 'A tenant-admin names the own tenant instead of all.', { param: 'all' });
  return Object.keys(body).length === 0 ? body : { ...body, tenant: scope };
}

const nothingNamed = (): RelayError =>
  new RelayError(
    'invalid_request',
    'Name what to invalidate; allowed: any of tenant, model, tag, version, entry and key, or "all": true by itself',
  );
