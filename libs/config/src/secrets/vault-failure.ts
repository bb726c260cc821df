/** Why Vault gave nothing at all; of a single secret it is told in words. */
export interface VaultFailure {
  /** Where in the settings the remedy is, if it is in them. */
  readonly at: 'address' | 'auth';
  readonly found: string; // never a secret, and nothing that Vault wrote
  readonly allowed: string;
}

const REACHABLE = 'the address of a Vault that answers';

export const unreachable = (reason: string): VaultFailure => ({
  at: 'address',
  found: `a Vault that cannot be reached (${reason})`,
  allowed: REACHABLE,
});

export const silent = (timeoutMs: number): VaultFailure => ({
  at: 'address',
  found: `a Vault that did not answer within ${timeoutMs} ms`,
  allowed: REACHABLE,
});

export const sealed: VaultFailure = {
  at: 'address',
  found: 'a Vault that is sealed (503)',
  allowed: 'a Vault that is unsealed',
};

export const strange = (status: number, of: string): VaultFailure => ({
  at: 'address',
  found: `${of} that is answered with status ${status}`,
  allowed: 'the address of a Vault, of its active node',
});

export const deniedLogin = (status: number): VaultFailure => ({
  at: 'auth',
  found: `a login that Vault refuses (${status})`,
  allowed: 'credentials that it accepts, at the mount of their method',
});

export const deniedToken: VaultFailure = {
  at: 'auth',
  found: 'a token that Vault refuses (403)',
  allowed: 'a token that is valid',
};

export const noPodToken = (path: string): VaultFailure => ({
  at: 'auth',
  found: `jwtPath ${path}, which cannot be read`,
  allowed: 'the file of a service account token',
});
