import type { Clock } from '@relay/core';
import type { Redis } from 'ioredis';
import { formatCursor, type EntryPosition } from '../domain/exact-entry';
import { EntryLister } from './entry-lister';

const PAGE_KEYS = 500;
/** Every entry stands under it. */
const EVERYTHING = 'all';

const indexKey = (label: string): string => `relay:cache:index:{${label}}`;

export interface KeyPage {
  readonly keys: readonly string[];
  readonly nextCursor: string | null;
}

/**
 * Which entries Redis holds, by label: a sorted set for each, and one for all. Each is one key, as commands on several keys would not
 * work in a cluster. May name entries that are gone, and miss some after an outage: it serves lists and cleaning, never isolation.
 */
export class EntryIndex {
  private readonly lister: EntryLister;

  constructor(
    private readonly redis: Redis,
    clock: Clock,
  ) {
    this.lister = new EntryLister(redis, clock);
  }

  /** Rejects if the entry may not be listed. */
  add(key: string, labels: readonly string[], endMs: number): Promise<void> {
    return this.lister.add(key, [EVERYTHING, ...listed(labels)].map(indexKey), endMs);
  }

  /** The keys of all entries that have the labels, in pages; what is added meanwhile may be missing. */
  async *keysOf(labels: readonly string[]): AsyncGenerator<readonly string[]> {
    const named = keyNamed(labels);
    const others = listed(labels);
    if (named !== undefined) {
      yield await this.having(others, [named]);
      return;
    }
    const shortest = await this.shortest(others);
    const rest = others.filter((label) => label !== shortest);
    let cursor = '0';
    do {
      const [next, flat] = await this.redis.zscan(indexKey(shortest), cursor, 'COUNT', PAGE_KEYS);
      yield await this.having(rest, membersOf(flat));
      cursor = next;
    } while (cursor !== '0');
  }

  /** Up to `limit` keys behind a position, latest to expire first. */
  async page(labels: readonly string[], limit: number, after: EntryPosition | null): Promise<KeyPage> {
    const named = keyNamed(labels);
    const others = listed(labels);
    if (named !== undefined) {
      return { keys: after === null ? await this.having(others, [named]) : [], nextCursor: null };
    }
    const shortest = await this.shortest(others);
    const start = after === null ? 0 : await this.rankBehind(shortest, after);
    const flat = await this.redis.zrevrange(indexKey(shortest), start, start + limit - 1, 'WITHSCORES');
    const keys = membersOf(flat);
    const last = keys.at(-1);
    const nextCursor =
      last === undefined || keys.length < limit ? null : formatCursor({ endMs: Number(flat.at(-1)), key: last });
    return {
      keys: await this.having(
        others.filter((label) => label !== shortest),
        keys,
      ),
      nextCursor,
    };
  }

  /** Takes keys off the lists of these labels; off others they go when they expire. */
  async forget(keys: readonly string[], labels: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    const lists = [EVERYTHING, ...listed(labels)];
    await Promise.all(lists.map((label) => this.redis.zrem(indexKey(label), ...keys)));
  }

  private async shortest(labels: readonly string[]): Promise<string> {
    const sizes = await Promise.all(labels.map((label) => this.redis.zcard(indexKey(label))));
    return labels[sizes.indexOf(Math.min(...sizes))] ?? EVERYTHING;
  }

  /** Those of the keys that stand under all the labels. */
  private async having(labels: readonly string[], keys: readonly string[]): Promise<string[]> {
    if (keys.length === 0) return [];
    const scores = await Promise.all(labels.map((label) => this.redis.zmscore(indexKey(label), ...keys)));
    return keys.filter((_key, i) => scores.every((list) => list[i] !== null));
  }

  /** By the key itself, or by its end if it is gone. */
  private async rankBehind(label: string, { endMs, key }: EntryPosition): Promise<number> {
    const rank = await this.redis.zrevrank(indexKey(label), key);
    return rank === null ? this.redis.zcount(indexKey(label), `(${endMs}`, '+inf') : rank + 1;
  }
}

/** Of a list in which members and scores take turns. */
const membersOf = (flat: readonly string[]): string[] => flat.filter((_item, i) => i % 2 === 0);

const isKeyLabel = (label: string): boolean => label.startsWith('key:');
const keyNamed = (labels: readonly string[]): string | undefined => labels.find(isKeyLabel)?.slice('key:'.length);
/** An entry is found by its key without a list. */
const listed = (labels: readonly string[]): string[] => labels.filter((label) => !isKeyLabel(label));
