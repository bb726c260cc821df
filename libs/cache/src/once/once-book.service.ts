import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { contentCipher, ENVIRONMENT, type Environment } from '@relay/config';
import { CLOCK, type Clock, type ContentCipher } from '@relay/core';
import { REDIS } from '@relay/database';
import type { Redis } from 'ioredis';
import { Outage } from '../tiers/outage';
import { MemoryOnceStore } from './memory-once.store';
import { type KeptReply, packEntry, unpackEntry } from './once-entry';
import type { OnceStore } from './once-store.port';
import { RedisOnceStore } from './redis-once.store';

/** A reply is given again for so long, ms: as the APIs that know idempotency keys do. */
export const KEPT_MS = 86_400_000;
/** Whoever died without a word holds a key for so long at most, ms; who is alive says so in time. */
export const LEASE_MS = 60_000;
const RENEW_MS = 20_000;
/** What one tenant may have kept in a day; beyond it its replies are not. */
const MAX_TENANT_BYTES = 268_435_456;
const PURPOSE = 'relay/once';

export type OnceClaim =
  /** Nobody has asked this before. Whoever gets it says how it ended; null: it may be tried again. */
  | { readonly kind: 'mine'; readonly settle: (reply: KeptReply | null) => Promise<void> }
  | { readonly kind: 'kept'; readonly reply: KeptReply }
  | { readonly kind: 'running' }
  /** The key was used for another question. */
  | { readonly kind: 'differs' }
  /** It was used, nobody can tell for what: it was sealed with another secret. */
  | { readonly kind: 'unreadable' };

/** What was asked under an idempotency key, and what came of it: over all processes where they share a Redis, else of this one. */
@Injectable()
export class OnceBook {
  private readonly memory: MemoryOnceStore;
  private readonly shared: RedisOnceStore | null;
  private readonly cipher: ContentCipher | null;
  private readonly outage: Outage;

  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ENVIRONMENT) environment: Environment,
    @Inject(REDIS) redis: Redis | null,
  ) {
    this.cipher = contentCipher(PURPOSE, environment);
    this.memory = new MemoryOnceStore(clock);
    this.shared = redis && new RedisOnceStore(redis);
    this.outage = new Outage(clock, 'IdempotencyKeys');
  }

  /** `id`: of tenant, API key, route and idempotency key, hashed. `fingerprint`: of the question. Never rejects. */
  async claim(tenantId: string, id: string, fingerprint: string): Promise<OnceClaim> {
    const token = randomUUID();
    const claim = packEntry(id, { token, fingerprint, reply: null }, this.cipher);
    const { stores, there } = await this.claimIn(id, claim);
    if (there === null) return this.mine({ stores, tenantId, id, claim, fingerprint, token });
    const entry = unpackEntry(id, there, this.cipher);
    if (entry === null) return { kind: 'unreadable' };
    if (entry.fingerprint !== fingerprint) return { kind: 'differs' };
    return entry.reply ? { kind: 'kept', reply: entry.reply } : { kind: 'running' };
  }

  /** What was kept here while Redis was away counts when it is back. A claim that Redis did not confirm may lie there all the same. */
  private async claimIn(id: string, packed: Buffer): Promise<Claimed> {
    const here = this.shared && this.memory.peek(id);
    if (here) return { stores: [], there: here };
    const stores: OnceStore[] = [this.memory];
    if (this.shared && !this.outage.pausing) {
      try {
        const there = await this.shared.claim(id, packed, LEASE_MS);
        this.outage.recovered();
        return { stores: [this.shared], there };
      } catch (error) {
        this.outage.failed(error);
        stores.push(this.shared);
      }
    }
    return { stores, there: await this.memory.claim(id, packed, LEASE_MS) };
  }

  private mine(held: Held): OnceClaim {
    const { id, claim } = held;
    let cancel = (): void => undefined;
    const renew = (): void => {
      void this.inAll(held, (store) => store.renew(id, claim, LEASE_MS));
      cancel = this.clock.after(RENEW_MS, renew);
    };
    cancel = this.clock.after(RENEW_MS, renew);
    return {
      kind: 'mine',
      settle: (reply) => {
        cancel();
        return this.inAll(held, (store) => (reply === null ? store.drop(id, claim) : this.keep(store, held, reply)));
      },
    };
  }

  private async keep(
    store: OnceStore,
    { tenantId, id, claim, fingerprint, token }: Held,
    reply: KeptReply,
  ): Promise<void> {
    const packed = packEntry(id, { token, fingerprint, reply }, this.cipher);
    const isTooMuch = (await store.charge(tenantId, packed.length)) > MAX_TENANT_BYTES;
    await (isTooMuch ? store.drop(id, claim) : store.put(id, claim, packed, KEPT_MS));
  }

  private async inAll({ stores }: Held, act: (store: OnceStore) => Promise<void>): Promise<void> {
    await Promise.all(stores.map((store) => act(store).catch((error: unknown) => this.outage.failed(error))));
  }
}

interface Claimed {
  readonly stores: readonly OnceStore[];
  readonly there: Buffer | null;
}

/** A claim of this process. */
interface Held {
  /** Where it lies, and after that where it may lie. */
  readonly stores: readonly OnceStore[];
  readonly tenantId: string;
  readonly id: string;
  readonly claim: Buffer;
  readonly fingerprint: string;
  readonly token: string;
}
