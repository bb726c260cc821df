import path from 'node:path';
import { err, type Result } from '@relay/core';
import { isObject } from '../document-view';
import type { Unlocated } from '../locate-problem';
import { interpolate, resolveSecret } from '../secrets';
import { isSecretField, isVaultField } from './secret-fields';
import { VAULT_PREFIX } from './vault-reference';
import type { VaultSecrets } from './vault-secrets';
import { vaultSchema, type VaultSettings } from './vault.schema';
import { visitStrings } from './visit-strings';

export interface VaultLookupOptions {
  readonly file: string;
  readonly env: NodeJS.ProcessEnv;
  /** Absent: nobody reads from Vault here. */
  readonly vault?: VaultSecrets | undefined;
}

/** Values by reference; what is null is told of in `problems`, once for all. */
export interface VaultLookup {
  readonly problems: readonly Unlocated[];
  readonly of: (reference: string) => Result<string, string> | null;
}

/** Reads everything that a document refers to in Vault, before the document itself is looked at. */
export async function lookUpVault(root: unknown, options: VaultLookupOptions): Promise<VaultLookup> {
  return readFromVault(root, vaultReferencesIn(root, options.env), options);
}

/** Reads references with the settings of the document `root`. */
export async function readFromVault(
  root: unknown,
  references: readonly string[],
  options: VaultLookupOptions,
): Promise<VaultLookup> {
  if (references.length === 0) return everything(err('a vault: reference that nobody asked for'));
  const settings = vaultSettingsOf(root, options);
  if (settings === null) return everything(err('a vault: reference, and no secrets.vault to read it from'));
  if (settings === 'refused') return everything(null); // the schema says what is wrong
  if (!options.vault) return everything(err('a vault: reference, which is not read here'));
  const read = await options.vault.read(settings, references);
  if (read.ok) return { problems: [], of: (reference) => read.value.get(reference) ?? null };
  const { at, found, allowed } = read.error;
  return { problems: [{ path: `secrets.vault.${at}`, found, allowed }], of: () => null };
}

const everything = (value: Result<string, string> | null): VaultLookup => ({ problems: [], of: () => value });

function vaultReferencesIn(root: unknown, env: NodeJS.ProcessEnv): string[] {
  const found = new Set<string>();
  visitStrings(root, (text, where) => {
    if (!isSecretField(where) || isVaultField(where)) return text;
    const written = interpolate(text, env);
    if (written.ok && written.value.startsWith(VAULT_PREFIX)) found.add(written.value);
    return text;
  });
  return [...found];
}

/** `secrets.vault` alone, with what it refers to; null where there is none. */
function vaultSettingsOf(root: unknown, { file, env }: VaultLookupOptions): VaultSettings | 'refused' | null {
  const secrets = isObject(root) ? root['secrets'] : undefined;
  const written = isObject(secrets) ? secrets['vault'] : undefined;
  if (written === undefined || written === null) return null;
  const baseDir = path.dirname(path.resolve(file));
  const resolved = visitStrings(written, (text, where) => {
    const value = interpolate(text, env);
    if (!value.ok || !isVaultField(`secrets.vault.${where}`)) return value.ok ? value.value : '';
    const secret = resolveSecret(value.value, { env, baseDir });
    return secret.ok ? secret.value : '';
  });
  const parsed = vaultSchema.safeParse(resolved);
  return parsed.success ? parsed.data : 'refused';
}
