import { err, ok, type Result } from '@relay/core';
import type { ConfigProblem } from '../config-store';
import type { Environment } from '../environment';
import { loadEnvironment } from '../load-environment';
import { type EnvironmentSources, resolveEnvironment } from './resolve-environment';

/** Secrets of this process' life that no variable names any more; they open what they sealed until the next start. */
const MAX_FORMER_KEYS = 8;

/** The parsed environment. Its encryption keys are those of now: whoever wants to follow a change reads them at each use. */
export class LiveEnvironment {
  readonly environment: Environment;
  private former: readonly string[] = [];

  private constructor(
    private readonly env: NodeJS.ProcessEnv,
    private readonly sources: EnvironmentSources,
    private parsed: Environment,
  ) {
    const live = (name: 'RELAY_ENCRYPTION_KEY' | 'RELAY_ENCRYPTION_KEY_PREVIOUS', get: () => unknown): object => ({
      [name]: { enumerable: true, get },
    });
    this.environment = Object.defineProperties(
      { ...parsed },
      {
        ...live('RELAY_ENCRYPTION_KEY', () => this.parsed.RELAY_ENCRYPTION_KEY),
        ...live('RELAY_ENCRYPTION_KEY_PREVIOUS', () => this.parsed.RELAY_ENCRYPTION_KEY_PREVIOUS),
      },
    );
  }

  static async open(
    env: NodeJS.ProcessEnv,
    sources: EnvironmentSources,
  ): Promise<Result<LiveEnvironment, readonly ConfigProblem[]>> {
    const parsed = await parse(env, sources);
    return parsed.ok ? ok(new LiveEnvironment(env, sources, parsed.value)) : parsed;
  }

  /** Reads the references again. Encryption keys follow; the rest is read at the start only. */
  async refresh(onRead?: (file: string) => void): Promise<readonly ConfigProblem[]> {
    const next = await parse(this.env, { ...this.sources, onRead });
    if (!next.ok) return next.error;
    const { RELAY_ENCRYPTION_KEY: sealing, RELAY_ENCRYPTION_KEY_PREVIOUS: previous } = next.value;
    const before = this.parsed.RELAY_ENCRYPTION_KEY;
    if (before !== undefined && before !== sealing)
      this.former = [before, ...this.former.filter((key) => key !== before)].slice(0, MAX_FORMER_KEYS);
    const opening = [...new Set([...(previous ?? []), ...this.former])].filter((key) => key !== sealing);
    this.parsed = { ...this.parsed, RELAY_ENCRYPTION_KEY: sealing, RELAY_ENCRYPTION_KEY_PREVIOUS: opening };
    return [];
  }
}

async function parse(
  env: NodeJS.ProcessEnv,
  sources: EnvironmentSources,
): Promise<Result<Environment, readonly ConfigProblem[]>> {
  const resolved = await resolveEnvironment(env, sources);
  return resolved.ok ? loadEnvironment(resolved.value) : err(resolved.error);
}
