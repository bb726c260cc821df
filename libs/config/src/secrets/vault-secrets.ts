import { type Clock, err, ok, type Result } from '@relay/core';
import type { VaultFailure } from './vault-failure';
import { type ReadSecrets, VaultReader } from './vault-reader';
import type { VaultSettings } from './vault.schema';

const MS_PER_SECOND = 1_000;

/** How reading went last. */
export interface VaultStatus {
  readonly references: number;
  readonly readAt: number | null; // when all of them were read last, ms since the epoch
  /** Null while everything can be read. */
  readonly problem: string | null;
}

export interface VaultLog {
  log(message: string): void;
  error(message: string): void;
}

/**
 * What `vault:` references stand for. A secret that was read once stays in force while Vault is away or denies it: a relay that runs
 * must not stop because of that. Only what was never read is a problem.
 */
export class VaultSecrets {
  private reader: VaultReader | null = null;
  private known = new Map<string, string>(); // by reference, of the settings in force
  private wanted = new Set<string>(); // of the configuration that was read last
  private readAt: number | null = null;
  private problem: string | null = null;
  private cancelTimer: () => void = () => undefined;
  private onChange: (() => void) | null = null;
  private out: VaultLog | null = null;

  constructor(private readonly clock: Clock) {}

  /** Null where nothing refers to Vault. */
  status(): VaultStatus | null {
    const { readAt, problem } = this;
    return this.reader === null ? null : { references: this.wanted.size, readAt, problem };
  }

  /** The configuration is read anew: only what it refers to from now on is read again later. */
  startOver(): void {
    this.wanted = new Set();
  }

  /** What is not known and cannot be read is an error, in words that continue "found". */
  async read(settings: VaultSettings, references: readonly string[]): Promise<Result<ReadSecrets, VaultFailure>> {
    const reader = this.readerFor(settings);
    for (const reference of references) this.wanted.add(reference);
    const read = await reader.read(references);
    this.note(read);
    const isKnown = references.every((reference) => this.known.has(reference));
    if (!read.ok && !isKnown) return read;
    return ok(new Map(references.map((reference) => [reference, this.valueOf(reference, read)])));
  }

  /** Calls back whenever a secret has another value than the last time. The returned function ends that, and closes connections. */
  watch(log: VaultLog, onChange: () => void): () => void {
    this.out = log;
    this.onChange = onChange;
    this.refreshLater();
    return () => {
      this.onChange = null;
      this.cancelTimer();
      this.reader?.close();
      this.reader = null;
    };
  }

  private readerFor(settings: VaultSettings): VaultReader {
    const { reader } = this;
    if (reader && JSON.stringify(reader.settings) === JSON.stringify(settings)) return reader;
    reader?.close();
    if (reader && placeOf(reader.settings) !== placeOf(settings)) this.known = new Map(); // what another Vault said
    this.reader = new VaultReader(settings, this.clock, (failure) => this.fail(inWords(failure)));
    this.refreshLater();
    return this.reader;
  }

  private valueOf(reference: string, read: Result<ReadSecrets, VaultFailure>): Result<string, string> {
    const fresh = read.ok ? read.value.get(reference) : undefined;
    const known = this.known.get(reference);
    return known !== undefined ? ok(known) : (fresh ?? err('a secret that was not read'));
  }

  /** True if a value is another one than before. */
  private note(read: Result<ReadSecrets, VaultFailure>): boolean {
    if (!read.ok) {
      this.fail(inWords(read.error));
      return false;
    }
    let changed = false;
    const problems: string[] = [];
    for (const [reference, value] of read.value) {
      if (!value.ok) problems.push(value.error);
      else if (this.known.get(reference) !== value.value) {
        changed ||= this.known.has(reference);
        this.known.set(reference, value.value);
      }
    }
    if (problems.length > 0) this.fail(problems.join('; '));
    else this.recovered();
    return changed;
  }

  private fail(problem: string): void {
    if (problem !== this.problem) this.out?.error(`Vault: ${problem}; the secrets that were read last stay in force`);
    this.problem = problem;
  }

  private recovered(): void {
    if (this.problem !== null) this.out?.log('Vault: all secrets can be read again');
    this.problem = null;
    this.readAt = this.clock.now();
  }

  private refreshLater(): void {
    this.cancelTimer();
    if (!this.reader || !this.onChange) return;
    const ms = this.reader.settings.refreshSeconds * MS_PER_SECOND;
    this.cancelTimer = this.clock.after(ms, () => void this.refresh());
  }

  private async refresh(): Promise<void> {
    const { reader } = this;
    if (!reader) return;
    const read = await reader.read([...this.wanted]);
    if (this.reader !== reader) return;
    if (this.note(read)) this.onChange?.();
    this.refreshLater();
  }
}

const placeOf = ({ address, namespace = '', mount }: VaultSettings): string => `${address} ${namespace} ${mount}`;

const inWords = ({ found }: VaultFailure): string => found;
