import path from 'node:path';
import type { RelayConfigInput } from '@relay/config';
import type { Rig } from '../../runner/rig';
import { startRelay } from '../../subjects/relay-process';
import type { RunningSubject, SubjectContext } from '../../subjects/subject';
import type { Surroundings } from '../../subjects/surroundings';

export const ADMIN = { email: 'bench@relay.test', password: 'correct horse battery' } as const;
/** What processes of one relay share. */
const SHARED_ENV = {
  RELAY_JWT_SECRET: 'a secret that all processes of the benchmark share',
  RELAY_ADMIN_EMAIL: ADMIN.email,
  RELAY_ADMIN_PASSWORD: ADMIN.password,
};

export interface GatewayTerms {
  readonly surroundings: Pick<Surroundings, 'databaseUrl' | 'redisUrl'>;
  readonly temporary: string;
  readonly config: (upstreamUrl: string) => RelayConfigInput;
  readonly env?: Readonly<Record<string, string>>;
}

/** One gateway with a directory of its own. */
export function startGateway(rig: Rig, name: string, terms: GatewayTerms): Promise<RunningSubject> {
  const { surroundings, temporary, config, env = {} } = terms;
  const start = (at: SubjectContext): Promise<RunningSubject> =>
    startRelay(at, { ...surroundings, config: config(at.upstreamUrl), env: { ...SHARED_ENV, ...env } });
  return rig.add(start, path.join(temporary, name));
}

/** One after the other: the first makes the tables. */
export async function startGateways(
  rig: Rig,
  names: readonly string[],
  terms: GatewayTerms,
): Promise<RunningSubject[]> {
  const started: RunningSubject[] = [];
  for (const name of names) started.push(await startGateway(rig, name, terms));
  return started;
}
