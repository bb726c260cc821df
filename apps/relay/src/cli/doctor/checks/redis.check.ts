import { Redis } from 'ioredis';
import { reasonOf } from '../../terminal';
import { failure, ok, skipped, warning, type Finding } from '../finding';
import { skewFinding } from './clock';

const TIMEOUT_MS = 5_000;
const OLDEST = [6, 2] as const; // BullMQ's advice
const MS_PER_SECOND = 1_000;
const US_PER_MS = 1_000;

type Info = Readonly<Record<string, string>>;

/** Redis or Valkey: there, new enough, evicts nothing, keeps what it has, its clock right. */
export async function checkRedis(url: string | undefined): Promise<Finding[]> {
  if (url === undefined) return [skipped('redis', 'REDIS_URL is not set: one process, or each with limits of its own')];
  const redis = new Redis(url, {
    ...{ lazyConnect: true, connectTimeout: TIMEOUT_MS, commandTimeout: TIMEOUT_MS, maxRetriesPerRequest: 0 },
    retryStrategy: () => null,
  });
  let lost: unknown = null;
  redis.on('error', (error) => (lost ??= error));
  try {
    await redis.connect();
    const info = parseInfo(await redis.info());
    return [version(info), eviction(info), persistence(info), await clock(redis)];
  } catch (error) {
    const advice =
      'see that the server runs and that REDIS_URL names it; processes go by their own part of limits meanwhile';
    return [failure('redis', `${new URL(url).host} cannot be used: ${reasonOf(lost ?? error)}`, advice)];
  } finally {
    redis.disconnect();
  }
}

function parseInfo(text: string): Info {
  return Object.fromEntries(
    text.split('\r\n').flatMap((line) => {
      const at = line.indexOf(':');
      return at > 0 ? [[line.slice(0, at), line.slice(at + 1)]] : [];
    }),
  );
}

function version({ valkey_version: valkey, redis_version: redis = '0' }: Info): Finding {
  if (valkey !== undefined) return ok('redis', `Valkey ${valkey}`);
  const [major = 0, minor = 0] = redis.split('.').map(Number);
  const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
  return isOld
    ? failure('redis', `Redis ${redis}`, `Redis ${OLDEST.join('.')} or later, or Valkey, is needed`)
    : ok('redis', `Redis ${redis}`);
}

/** Queues lose jobs, and limits their counts, where keys are evicted. */
function eviction({ maxmemory = '0', maxmemory_policy: policy = 'unknown' }: Info): Finding {
  if (policy === 'noeviction') return ok('redis eviction', policy);
  const advice = 'set maxmemory-policy noeviction: queues must not lose keys';
  return maxmemory === '0'
    ? warning('redis eviction', `${policy}, though nothing is evicted without maxmemory`, advice)
    : failure('redis eviction', `${policy} beyond ${maxmemory} bytes`, advice);
}

function persistence({ aof_enabled: aof, rdb_last_bgsave_status: saved = 'ok', loading = '0' }: Info): Finding {
  if (loading !== '0') return warning('redis persistence', 'it is loading', 'wait until it has');
  if (saved !== 'ok')
    return warning('redis persistence', 'the last save failed', 'look at its log: the disk may be full');
  return aof === '1'
    ? ok('redis persistence', 'append only file')
    : warning(
        'redis persistence',
        'no append only file',
        'set appendonly yes: batches in line and counts outlive a restart then',
      );
}

async function clock(redis: Redis): Promise<Finding> {
  const askedAt = Date.now();
  const [seconds, microseconds] = await redis.time();
  return skewFinding(
    'redis clock',
    Number(seconds) * MS_PER_SECOND + Number(microseconds) / US_PER_MS,
    askedAt,
    Date.now(),
  );
}
