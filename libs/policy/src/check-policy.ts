import type { ParsedRelayConfig } from '@relay/config';
import type { PolicyDocument } from '@relay/contracts';
import { compilePolicy, type PolicyProblem } from './compile-policy';
import { catalogueOfModels } from './domain/catalogue';
import { catalogueOf } from './model-catalogue';

/**
 * Everything wrong with a document that its schema cannot see. Without a configuration (it has problems of its own) the
 * models are not known, so only conditions and rule ids are looked at.
 */
export function checkPolicy(document: PolicyDocument, config: ParsedRelayConfig | null): readonly PolicyProblem[] {
  if (config) return compilePolicy(document, catalogueOf(config), config.scheduler).problems ?? [];
  const { problems } = compilePolicy(document, catalogueOfModels([]), { longCostTokens: 1 });
  return (problems ?? []).filter(({ path }) => !path.includes('route.candidates'));
}
