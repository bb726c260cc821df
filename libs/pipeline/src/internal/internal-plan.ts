import type { RelayConfig } from '@relay/config';
import type { RouteCandidate } from '@relay/contracts';
import { err, ok, RelayError, type Result } from '@relay/core';
import type { DataBounds, InternalOrigin } from '../exchange';
import type { Job } from '../job';

type Providers = RelayConfig['providers'];

/**
 * The plan of a request of the relay's own. It is the one that an app's request gets, so that its answer is found under the same key;
 * only it lets those go first for whom somebody waits, and stays where the data of the request behind it may go. Errors:
 * `unavailable`, if nobody is left there.
 */
export function internalPlan(
  job: Job,
  { purpose, within }: InternalOrigin,
  providers: Providers,
): Result<Job, RelayError> {
  const { plan } = job.planned;
  const candidates =
    within === null ? plan.route.candidates : plan.route.candidates.filter(isWithin(within, providers));
  if (candidates.length === 0) {
    return err(new RelayError('unavailable', 'No target may be asked where the data of this request may go.'));
  }
  const eased =
    purpose === 'verify'
      ? plan // somebody waits for it
      : { ...plan, serviceLevel: 'batch' as const, queue: { ...plan.queue, class: 'long' as const } };
  return ok({ ...job, planned: { ...job.planned, plan: { ...eased, route: { ...plan.route, candidates } } } });
}

function isWithin(
  { regions, providers: allowed }: DataBounds,
  providers: Providers,
): (candidate: RouteCandidate) => boolean {
  const regionOf = new Map(providers.map(({ id, region }) => [id, region]));
  return ({ provider }) => {
    const region = regionOf.get(provider);
    const inRegion = regions === null || (region !== undefined && regions.includes(region));
    return inRegion && (allowed === null || allowed.includes(provider));
  };
}
