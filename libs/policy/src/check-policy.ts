import type { ParsedRelayConfig } from '@relay/config';
import type { PolicyDocument } from '@relay/contracts';
import { problemsOfPolicy, type PolicyProblem } from './compile-policy';
import { catalogueOf } from './model-catalogue';

/**
 * Everything wrong with a document that its schema cannot see. Without a configuration (it has problems of its own, or there
 * is none) the names of models, providers and regions are not known, and not looked at.
 */
export function checkPolicy(document: PolicyDocument, config: ParsedRelayConfig | null): readonly PolicyProblem[] {
  return problemsOfPolicy(document, config && catalogueOf(config));
}
