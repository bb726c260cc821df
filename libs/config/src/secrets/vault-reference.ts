import { err, ok, type Result } from '@relay/core';

export const VAULT_PREFIX = 'vault:';
/** Longer than any path that a person would write. */
const MAX_REFERENCE_CHARS = 1_024;

/** One field of one secret of the KV engine. */
export interface VaultReference {
  readonly path: string; // below the engine's mount
  readonly field: string;
}

/** Reads `PATH#FIELD`, with or without `vault:` before it. */
export function parseVaultReference(text: string): Result<VaultReference, string> {
  const bare = text.startsWith(VAULT_PREFIX) ? text.slice(VAULT_PREFIX.length) : text;
  const at = bare.lastIndexOf('#');
  const path = bare.slice(0, Math.max(0, at));
  const field = bare.slice(at + 1);
  const steps = path.split('/');
  const isPath = bare.length <= MAX_REFERENCE_CHARS && steps.every((step) => step !== '' && !/^\.+$/.test(step));
  // eslint-disable-next-line no-control-regex -- what no path and no name of a field has
  if (at <= 0 || field === '' || !isPath || /[\u0000-\u001f\u007f]/.test(bare))
    return err('a vault: reference that is not of the form vault:PATH#FIELD');
  return ok({ path, field });
}
