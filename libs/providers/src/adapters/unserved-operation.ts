import { kindOf, type ProviderKind } from '@relay/config';
import type { Operation } from '@relay/contracts';
import { RelayError } from '@relay/core';

/** Why a provider with an adapter of its own cannot be asked for this, whatever its `operations` say; null: it can. */
export function unservedOperation(providerId: string, kind: ProviderKind, operation: Operation): RelayError | null {
  const { operations } = kindOf(kind);
  if (operations.includes(operation)) return null;
  const message = `Provider ${providerId} of kind ${kind} serves ${operations.join(', ')}, and not ${operation}.`;
  return new RelayError('invalid_request', message);
}
