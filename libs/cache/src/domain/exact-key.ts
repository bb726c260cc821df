import type { Operation } from '@relay/contracts';
import { sha256Hex } from '@relay/core';
import { fingerprintText } from './fingerprint-text';
import { isDefault, isDelivery } from './parameter-defaults';

/** Whose answers may be shared with whom: equality here is the isolation between tenants and between plans. */
export interface CacheScope {
  /** What was asked for: equal bodies mean different things on different routes. */
  readonly operation: Operation;
  /** A tenant, or a group of tenants that share: `t:acme`, `g:support`. */
  readonly owner: string;
  /** What the API key may do: its scopes, sorted. */
  readonly role: string;
  /** Signature of the plan: what can change the answer besides the request itself. */
  readonly signature: string;
  /** The model the app asked for, before routing. */
  readonly requestedModel: string;
  /** The plan's `cache.version`: a new one leaves all answers before behind. */
  readonly version: string;
}

/** Raised when the meaning of a key or of a stored body changes: older entries are then never found. */
const KEY_SCHEMA_VERSION = 3;

/**
 * The exact key: SHA-256 (64 hex digits) over scope and request. Equal for requests that differ only in key order, white space,
 * delivery fields or explicit defaults. Strings count code unit by code unit: composed and decomposed letters are different
 * prompts, since a model sees different tokens. Numbers count as IEEE 754 doubles, which is what parsing has left of them; RangeError where
 * that may be another number than was sent (`fingerprintText`).
 */
export function exactKey(scope: CacheScope, body: Readonly<Record<string, unknown>>): string {
  const { operation, owner, role, signature, requestedModel, version } = scope;
  const scopeText = fingerprintText([KEY_SCHEMA_VERSION, operation, owner, role, requestedModel, signature, version]);
  return sha256Hex(scopeText + requestText(body, operation));
}

/** What of the request can change the answer. */
function requestText(body: Readonly<Record<string, unknown>>, operation: Operation): string {
  let text = '';
  for (const name of Object.keys(body).sort()) {
    const value = body[name];
    if (value === null || value === undefined || isDelivery(operation, name)) continue;
    const valueText = fingerprintText(value);
    if (operation !== 'chat' || !isDefault(name, valueText)) text += fingerprintText(name) + valueText;
  }
  return text;
}
