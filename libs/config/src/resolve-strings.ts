import path from 'node:path';
import type { Unlocated } from './locate-problem';
import { interpolate, resolveSecret } from './secrets';
import { isSecretField, isVaultField } from './secrets/secret-fields';
import type { VaultLookup } from './secrets/vault-lookup';
import { VAULT_PREFIX } from './secrets/vault-reference';
import { visitStrings } from './secrets/visit-strings';

export interface StringOptions {
  /** Path of relay.yaml; `file:` references are relative to it. */
  readonly file: string;
  readonly env: NodeJS.ProcessEnv;
  /** What cannot be read: a problem (the default), or a text of its own stands in for it, so that all else can be looked at. */
  readonly unreadable?: 'refuse' | 'stand-in';
  /** What was read from Vault; absent: nothing was. */
  readonly lookup?: VaultLookup | undefined;
  /** Told of each file before it is read. */
  readonly onRead?: ((file: string) => void) | undefined;
}

export interface ResolvedStrings {
  readonly value: unknown;
  readonly problems: readonly Unlocated[];
  readonly standIns: ReadonlySet<string>; // paths of texts that something stands in for
}

const READABLE = 'a value, ${NAME}, env:NAME or file:PATH that can be read';

/** A copy with every `${NAME}` replaced, and secret references in secret fields resolved. */
export function resolveStrings(root: unknown, options: StringOptions): ResolvedStrings {
  const baseDir = path.dirname(path.resolve(options.file));
  const problems: Unlocated[] = [];
  const standIns = new Set<string>();
  const standIn = (where: string): string => {
    standIns.add(where);
    return standInFor(where);
  };
  const text = (value: string, where: string): string => {
    // In a policy a variable may be part of a condition, which has to stay one.
    const inPolicy = options.unreadable === 'stand-in' && where.startsWith('policy.');
    let result = interpolate(value, options.env, inPolicy ? 'unset' : undefined);
    if (result.ok && isSecretField(where)) {
      const isOfVault = result.value.startsWith(VAULT_PREFIX) && !isVaultField(where);
      const found = isOfVault && options.lookup ? options.lookup.of(result.value) : undefined;
      if (found === null) return standIn(where); // what is wrong is told once
      result = found ?? resolveSecret(result.value, { ...options, baseDir });
    }
    if (result.ok) return result.value;
    if (options.unreadable === 'stand-in') return standIn(where);
    const allowed = isVaultField(where)
      ? READABLE
      : READABLE.replace(' or file:PATH', ', file:PATH or vault:PATH#FIELD');
    problems.push({ path: where, found: result.error, allowed });
    return value;
  };
  return { value: visitStrings(root, text), problems, standIns };
}

/** Long enough for a key, well-formed as a URL, and like no other. */
const standInFor = (where: string): string => `http://unset.invalid/${where.replace(/[^A-Za-z0-9]+/g, '-')}`;
