import type { VaultStatus } from './secrets/vault-secrets';

/** Reads relay.yaml again and puts it in force. */
export interface ConfigReloader {
  /** One line for each problem; none means that the configuration was applied. */
  reload(): Promise<readonly string[]>;
  /** How reading secrets from Vault goes; null where nothing refers to one. */
  vault?(): VaultStatus | null;
}

/** Injection token of the `ConfigReloader`. */
export const CONFIG_RELOADER = Symbol('CONFIG_RELOADER');
