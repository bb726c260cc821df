import type { VaultStatus } from './secrets/vault-secrets';

/** `at` in ms since the epoch; without problems the configuration was applied. */
export interface ReloadOutcome {
  readonly at: number;
  readonly problems: readonly string[];
}

/** Reads relay.yaml again and puts it in force. */
export interface ConfigReloader {
  /** One line for each problem; none means that the configuration was applied. */
  reload(): Promise<readonly string[]>;
  /** What came of the last reload; null or absent where there was none. */
  readonly outcome?: ReloadOutcome | null;
  /** How reading secrets from Vault goes; null where nothing refers to one. */
  vault?(): VaultStatus | null;
}

/** Injection token of the `ConfigReloader`. */
export const CONFIG_RELOADER = Symbol('CONFIG_RELOADER');
