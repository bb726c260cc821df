import type { RelayConfig } from './relay-config.schema';

/** One thing wrong with the configuration: which file, where in it, what was found, what is allowed. */
export interface ConfigProblem {
  readonly file: string;
  readonly path: string; // path in the document, e.g. models[0].targets[1].provider
  readonly found: string;
  readonly allowed: string;
  readonly line?: number; // both count from 1; absent where nothing is written, as in the environment
  readonly column?: number;
}

/** One line for a person: `file:line:column: path: found …; allowed: …`. */
export function formatProblem({ file, line, column, path, found, allowed }: ConfigProblem): string {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`;
  return `${place}: ${path || '(document)'}: found ${found}; allowed: ${allowed}`;
}

/**
 * A part of the relay that is built from the configuration. `prepare` builds the new state without using it and says what
 * is wrong; `apply` swaps it in and must not fail. A reload prepares every part first, so a bad change changes nothing.
 */
export interface ConfigConsumer {
  readonly name: string;
  prepare(config: RelayConfig): { readonly problems: readonly ConfigProblem[]; apply(): void };
}

/** Holds the configuration in force and swaps it atomically. */
export class ConfigStore {
  private readonly consumers: ConfigConsumer[] = [];

  constructor(
    private config: RelayConfig,
    /** Shown in problems that a consumer finds. */
    readonly source: string,
    /** Finds out where in the source consumers' problems are. */
    private readonly located: (problems: readonly ConfigProblem[]) => readonly ConfigProblem[] = (problems) => problems,
  ) {}

  get current(): RelayConfig {
    return this.config;
  }

  /** Prepares and applies the consumer at once; throws `ConfigInvalidError` if it refuses the configuration in force. */
  register(consumer: ConfigConsumer): void {
    const prepared = consumer.prepare(this.config);
    if (prepared.problems.length > 0) throw new ConfigInvalidError(this.located(prepared.problems));
    prepared.apply();
    this.consumers.push(consumer);
  }

  /** All problems of all consumers, or none and the new configuration is in force everywhere. */
  replace(config: RelayConfig): readonly ConfigProblem[] {
    const prepared = this.consumers.map((consumer) => consumer.prepare(config));
    const problems = prepared.flatMap((part) => part.problems);
    if (problems.length > 0) return this.located(problems);
    this.config = config;
    for (const part of prepared) part.apply();
    return [];
  }
}

export class ConfigInvalidError extends Error {
  override readonly name = 'ConfigInvalidError';
  constructor(readonly problems: readonly ConfigProblem[]) {
    super(problems.map(formatProblem).join('\n'));
  }
}
