import type { Exchange } from '../exchange';
import type { Job } from '../job';

/** It has its answer, or its plan lets it be asked elsewhere: nobody else rides along with it. */
export function goesElsewhere({ exchange: { elsewhere }, planned: { plan } }: Job): boolean {
  return elsewhere !== undefined && (elsewhere.answer !== null || plan.batch?.offload === true);
}

/** It comes again, or is somebody else's: neither reply nor trace. */
export function endsInSilence({ elsewhere }: Exchange): boolean {
  if (elsewhere === undefined || elsewhere.unanswered === null) return false;
  return elsewhere.unanswered.why !== 'set-aside';
}
