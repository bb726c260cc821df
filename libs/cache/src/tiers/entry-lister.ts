import type { Clock } from '@relay/core';
import { CachedScript } from '@relay/database';
import type { Redis } from 'ioredis';

/** Most entries that one label lists; beyond it those that expire soonest are left out, some 130 MB in Redis. */
const MAX_LISTED = 1_000_000;

/**
 * Lists entries, forgets expired ones, and sees that the list itself goes when its last entry does.
 *
 *     KEYS[1] sorted set: key of an entry -> its end, ms since the epoch
 *     ARGV    now | most entries | end of an entry | its key | …
 */
const ADD = new CachedScript(`
local last = 0
for i = 3, #ARGV, 2 do
  redis.call('ZADD', KEYS[1], ARGV[i], ARGV[i + 1])
  last = math.max(last, tonumber(ARGV[i]))
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
local over = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[2])
if over > 0 then redis.call('ZREMRANGEBYRANK', KEYS[1], 0, over - 1) end
local left = math.ceil(last - tonumber(ARGV[1]))
if redis.call('PTTL', KEYS[1]) < left then redis.call('PEXPIRE', KEYS[1], left) end
`);

/** By list: end and key of each entry, in turn. */
type Lists = Map<string, (string | number)[]>;
/** By list: what Redis said. */
type Told = ReadonlyMap<string, PromiseSettledResult<unknown> | undefined>;

/**
 * Writes which entries stand in which lists. The first goes out at once; what comes until Redis has answered goes out together then, one command
 * for each list: one for each list of each entry was half of the commands of a miss (docs/adr/0049).
 */
export class EntryLister {
  private gathering: { readonly lists: Lists; readonly told: Promise<Told> } | null = null;
  private writing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly redis: Redis,
    private readonly clock: Clock,
  ) {}

  /** Rejects if one of the lists may lack it. */
  async add(key: string, listKeys: readonly string[], endMs: number): Promise<void> {
    const { lists, told } = (this.gathering ??= this.gather());
    for (const listKey of listKeys) {
      const entries = lists.get(listKey);
      if (entries) entries.push(endMs, key);
      else lists.set(listKey, [endMs, key]);
    }
    const answers = await told;
    for (const listKey of listKeys) {
      const answer = answers.get(listKey);
      if (answer?.status === 'rejected') throw answer.reason;
    }
  }

  private gather(): NonNullable<EntryLister['gathering']> {
    const lists: Lists = new Map();
    const told = this.writing.then(() => {
      this.gathering = null;
      return this.write(lists);
    });
    this.writing = told;
    return { lists, told };
  }

  /** Never rejects. */
  private async write(lists: Lists): Promise<Told> {
    const now = this.clock.now();
    const listKeys = [...lists.keys()];
    const answers = await Promise.allSettled(
      [...lists].map(([listKey, entries]) => ADD.run(this.redis, [listKey], [now, MAX_LISTED, ...entries])),
    );
    return new Map(listKeys.map((listKey, i) => [listKey, answers[i]]));
  }
}
