import type { ChatCompletionRequest, PiiKind } from '@relay/contracts';
import type { FlatFeatures } from '@relay/policy';
import { maskText, type RedactionTable } from '@relay/prompt';

/** The features as the trace keeps them: what apps write freely, without personal data. Planning knew them as they were. */
export function maskedFeatures(
  features: FlatFeatures,
  request: ChatCompletionRequest,
  kinds: readonly PiiKind[],
  table: RedactionTable,
): FlatFeatures {
  const mask = (recorded: string, written: string | null | undefined): string => {
    if (recorded === '') return recorded;
    // A feature may have been cut, and what it cuts off is not recognised without the rest.
    const whole = written?.startsWith(recorded) ? written : recorded;
    return maskText(whole, kinds, table).slice(0, recorded.length);
  };
  return {
    ...features,
    'request.user': mask(features['request.user'], request.user),
    'request.responseFormat': mask(features['request.responseFormat'], request.response_format?.type),
  };
}
