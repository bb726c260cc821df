import type { Job } from '../job';

/** It has its answer, or its plan lets it be asked elsewhere: nobody else rides along with it. */
export function goesElsewhere({ exchange: { elsewhere }, planned: { plan } }: Job): boolean {
  return elsewhere !== undefined && (elsewhere.answer !== null || plan.batch?.offload === true);
}
