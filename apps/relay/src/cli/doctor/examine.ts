import { ConfigInvalidError, type Environment, formatProblem, loadEnvironment, type RelayConfig } from '@relay/config';
import { ConfigSource } from '../../boot/config-source';
import { reasonOf } from '../terminal';
import { checkDatabase } from './checks/database.check';
import { checkNode } from './checks/node.check';
import { checkPort } from './checks/port.check';
import { checkProviders } from './checks/provider.check';
import { checkRedis } from './checks/redis.check';
import { checkSecrets } from './checks/secrets.check';
import { checkStorage } from './checks/storage.check';
import { failure, ok, type Finding } from './finding';

/** Looks at everything that `relay start` would use here, and changes nothing. */
export async function examine(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const node = checkNode(process.version);
  const parsed = loadEnvironment(env);
  if (!parsed.ok) return [node, ...parsed.error.map((problem) => mend('environment', formatProblem(problem)))];
  const environment = parsed.value;
  const { findings, config } = await readConfig(environment, env);
  const [database, redis, providers, port] = await Promise.all([
    checkDatabase(environment.DATABASE_URL),
    checkRedis(environment.REDIS_URL),
    config ? checkProviders(config) : [],
    checkPort(environment.HOST, environment.PORT),
  ]);
  const storage = checkStorage(environment.RELAY_DATA_DIR);
  return [node, ...findings, ...checkSecrets(environment), ...storage, ...database, ...redis, port, ...providers];
}

const mend = (check: string, found: string): Finding =>
  failure(check, found, 'mend it; the relay does not start with it');

interface Read {
  readonly findings: readonly Finding[];
  readonly config: RelayConfig | null;
}

async function readConfig(environment: Environment, env: NodeJS.ProcessEnv): Promise<Read> {
  const source = ConfigSource.of(environment, env);
  try {
    const store = await source.open();
    const { models, tenants, providers } = store.current;
    const counts = `${providers.length} providers, ${models.length} models, ${tenants.length} tenants`;
    const name = source.exists ? store.source : 'no relay.yaml';
    return { findings: [ok('configuration', `${name}: ${counts}`)], config: store.current };
  } catch (error) {
    if (!(error instanceof ConfigInvalidError))
      return { findings: [mend('configuration', reasonOf(error))], config: null };
    return { findings: error.problems.map((problem) => mend('configuration', formatProblem(problem))), config: null };
  }
}
