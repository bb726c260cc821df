import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  ConfigInvalidError,
  ConfigStore,
  formatProblem,
  loadRelayConfig,
  withPlaces,
  type ConfigProblem,
  type ConfigReloader,
  type Environment,
  type LiveEnvironment,
  type RelayConfig,
  type ReloadOutcome,
  type VaultSecrets,
  type VaultStatus,
} from '@relay/config';
import { err, ok, type Result, systemClock } from '@relay/core';
import { checkPolicy, DEFAULT_POLICY } from '@relay/policy';
import { discoverProviders } from '@relay/providers';
import { FileWatcher, fileStamp, type FileStamp } from './file-watcher';
import { PriceCalendar } from './price-calendar';

const DEFAULT_FILE = 'relay.yaml';
const DISCOVERY_TIMEOUT_MS = 2_000;

/** Path of relay.yaml, whether it is there or not. */
export const configFileOf = (env: NodeJS.ProcessEnv): string => path.resolve(env['RELAY_CONFIG'] || DEFAULT_FILE);

/** What is read again with the configuration. */
export interface SecretSources {
  readonly vault: VaultSecrets;
  readonly environment: Pick<LiveEnvironment, 'refresh'>;
}

interface ReloadLog {
  log(message: string): void;
  error(message: string): void;
}

/** Where the configuration comes from: relay.yaml if there is one, completed by what is found in the environment. */
export class ConfigSource implements ConfigReloader {
  private store: ConfigStore | null = null;
  /** Of the last reload. */
  outcome: ReloadOutcome | null = null;
  private lastReload: Promise<unknown> = Promise.resolve();
  private watcher: FileWatcher | null = null;
  private files: ReadonlyMap<string, FileStamp> = new Map(); // of the last reading: relay.yaml, the policy, what that includes
  private readonly prices = new PriceCalendar(systemClock);
  /** What was found instead of configured providers, for the start banner. */
  notes: readonly string[] = [];

  private constructor(
    private readonly file: string,
    /** Whether its absence is a problem: it was named, or it was there at the start (a file that vanishes is a mistake). */
    private readonly required: boolean,
    private readonly env: NodeJS.ProcessEnv,
    private readonly secrets: SecretSources | null,
  ) {}

  static of(environment: Environment, env: NodeJS.ProcessEnv, secrets: SecretSources | null = null): ConfigSource {
    const file = path.resolve(environment.RELAY_CONFIG ?? DEFAULT_FILE);
    return new ConfigSource(file, environment.RELAY_CONFIG !== undefined || existsSync(file), env, secrets);
  }

  get exists(): boolean {
    return existsSync(this.file);
  }

  /** The configuration store for the start. Throws `ConfigInvalidError` with every problem. */
  async open(): Promise<ConfigStore> {
    const loaded = await this.load();
    if (!loaded.ok) throw new ConfigInvalidError(loaded.error);
    this.store = new ConfigStore(loaded.value, this.file, (problems) => withPlaces(this.file, problems));
    return this.store;
  }

  /** One at a time: the file watcher and the API may ask together, and the newest reading must be the last to be applied. */
  reload(): Promise<readonly string[]> {
    const next = this.lastReload.then(() => this.reloadNow());
    this.lastReload = next.catch(() => undefined);
    return next;
  }

  vault(): VaultStatus | null {
    return this.secrets?.vault.status() ?? null;
  }

  private async reloadNow(): Promise<readonly string[]> {
    if (!this.store) throw new Error('the configuration is reloaded before it was opened');
    const loaded = await this.load();
    const problems = loaded.ok ? this.store.replace(loaded.value) : loaded.error;
    if (problems.length > 0) this.prices.priced(this.store.current); // what stays in force is what has to be watched
    this.outcome = { at: systemClock.now(), problems: problems.map(formatProblem) };
    return this.outcome.problems;
  }

  /** The same configuration at the prices of now. */
  private reprice(): Promise<readonly ConfigProblem[]> {
    const next = this.lastReload.then(() => this.store?.replace(this.prices.priced(this.store.current)) ?? []);
    this.lastReload = next.catch(() => undefined);
    return next;
  }

  /**
   * Reloads once a change of relay.yaml, of the policy's file or of a file that it includes has settled; the returned function
   * stops. `standing` names the policy that a reload leaves in force, if it is not the file's.
   */
  watch(log: ReloadLog, standing: () => string | null): () => void {
    const apply = (): void => {
      void this.reload().then(
        (problems) => {
          const instead = standing();
          if (problems.length === 0) log.log(`${this.file} was applied${instead ? `; policy ${instead}` : ''}`);
          else log.error(`${this.file} was refused, the old configuration stays:\n${problems.join('\n')}`);
        },
        (error: unknown) => log.error(`${this.file} could not be reloaded: ${String(error)}`),
      );
    };
    const watcher = new FileWatcher(apply);
    watcher.watch(this.files);
    this.watcher = watcher;
    const stopPrices = this.prices.watch(() => void this.reprice().catch((error: unknown) => log.error(String(error))));
    if (this.prices.problem !== null) log.error(this.prices.problem);
    const stopVault = this.secrets?.vault.watch(log, apply);
    return () => {
      stopVault?.();
      stopPrices();
      this.watcher = null;
      watcher.stop();
    };
  }

  private async load(): Promise<Result<RelayConfig, readonly ConfigProblem[]>> {
    const files = new Map<string, FileStamp>();
    const onRead = (file: string): void => void files.set(file, fileStamp(file));
    this.secrets?.vault.startOver();
    const ofEnvironment = (await this.secrets?.environment.refresh(onRead)) ?? [];
    const read = await loadRelayConfig({
      file: this.file,
      vault: this.secrets?.vault,
      required: this.required,
      env: this.env,
      defaultPolicy: DEFAULT_POLICY,
      checkPolicy,
      onRead,
      discover: async () => {
        const discovered = await discoverProviders(this.env, DISCOVERY_TIMEOUT_MS);
        this.notes = discovered.notes;
        return discovered;
      },
    });
    const loaded = ofEnvironment.length > 0 ? err(read.ok ? ofEnvironment : [...ofEnvironment, ...read.error]) : read;
    this.files = files; // of a refused reading too: mending one of them is what is waited for
    this.watcher?.watch(files);
    return loaded.ok ? ok(this.prices.priced(loaded.value)) : loaded;
  }
}
