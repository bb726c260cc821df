import { crc32 } from 'node:zlib';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ExactCache, OwnerDirectory } from '@relay/cache';
import { CLOCK, type Clock } from '@relay/core';
import { PolicyService } from '@relay/policy';
import { LRUCache } from 'lru-cache';
import type { Exchange } from '../exchange';
import type { Job } from '../job';
import { Repeat } from './repeat';
import { requestDigest } from './request-digest';

/** So long a plan serves requests that are the same to the byte. What it was made of (loads, breakers, money spent) may be as old. */
export const REPEAT_MS = 1_000;
/** Longer bodies are read and planned each time. */
export const MAX_REPEATED_BYTES = 65_536;

const MAX_REPEATS = 1_000;
const MAX_MEMORY_BYTES = 16_777_216;
/** A body, and what it takes when it is parsed: up to four times its bytes, as a rule. */
const BYTES_PER_BYTE = 5;
const OVERHEAD_BYTES = 4_096;
/** Places for what was asked once: a request is remembered the second time, so that those that do not repeat cost nothing. */
const PLACES = 4_096;
const HOUR_MS = 3_600_000;

/**
 * Requests whose answers are in memory and that come again and again, the same to the byte and under the same key: they are not read and
 * planned anew each time (docs/adr/0047). Nothing is found here of what may not be planned alike: after a change of the policy, of the key or of
 * its tenant, where chance has a say, where guards act, or where the answer is not in memory.
 */
@Injectable()
export class Repeats implements OnApplicationShutdown {
  private readonly known = new LRUCache<string, Repeat>({
    max: MAX_REPEATS,
    maxSize: MAX_MEMORY_BYTES,
    sizeCalculation: ({ known: { body } }, id) => body.length * BYTES_PER_BYTE + id.length + OVERHEAD_BYTES,
  });
  private readonly askedOnce = new Uint32Array(PLACES);
  private policyChanges = 0;
  private cancelSweep: (() => void) | null = null;

  constructor(
    private readonly policy: PolicyService,
    private readonly cache: ExactCache,
    private readonly owners: OwnerDirectory,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    policy.onChange(() => {
      this.policyChanges++;
      this.known.clear();
    });
  }

  onApplicationShutdown(): void {
    this.cancelSweep?.();
  }

  /** Differs from what it was before each change of what is in force or tried: to be taken before planning, for `note`. */
  get policyState(): number {
    return this.policyChanges;
  }

  /** How many are known at the moment. */
  get count(): number {
    return this.known.size;
  }

  /** What is known of this request, if its answer is in memory. */
  find(exchange: Exchange): Repeat | null {
    if (this.known.size === 0 || !mayRepeat(exchange)) return null;
    const repeat = this.known.peek(requestDigest(exchange)); // none lives long enough for its use to count
    return repeat !== undefined && this.holds(repeat, exchange) ? repeat : null;
  }

  private holds({ known }: Repeat, { principal, receivedAt, body }: Exchange): boolean {
    return (
      known.principal === principal &&
      known.body.equals(body) &&
      this.clock.monotonic() < known.untilMs &&
      known.hour === hourOf(receivedAt) &&
      known.owner === this.owners.ownerOf(principal.tenant.id) &&
      this.cache.holdsL1(known.key)
    );
  }

  /** A request was answered from memory under this key. */
  note(job: Job, key: string): void {
    const { exchange, asked, request, trace, planned, policyState } = job;
    if (job.repeat !== null || !mayRepeat(exchange) || !isPlannedAlike(planned)) return;
    if (policyState !== this.policyChanges || this.policy.triesOut) return;
    const id = requestDigest(exchange);
    if (!this.wasAsked(id)) return;
    const { principal, receivedAt } = exchange;
    const body = Buffer.from(exchange.body); // a copy: what it was read into may be larger by far
    const owner = this.owners.ownerOf(principal.tenant.id);
    const untilMs = this.clock.monotonic() + REPEAT_MS;
    const asOf = { tags: trace.tags, key, owner, hour: hourOf(receivedAt), untilMs };
    this.known.set(id, new Repeat({ body, principal, asked, request, planned, ...asOf }));
    this.cancelSweep ??= this.clock.after(REPEAT_MS, () => this.sweep());
  }

  /** What nobody asks any more goes as well: its words are not for this memory to keep. */
  private sweep(): void {
    const now = this.clock.monotonic();
    for (const [id, { known }] of [...this.known.entries()]) if (known.untilMs <= now) this.known.delete(id);
    this.cancelSweep = this.known.size === 0 ? null : this.clock.after(REPEAT_MS, () => this.sweep());
  }

  /** Asked before, as far as is remembered: the next one with the same place takes it. */
  private wasAsked(id: string): boolean {
    const number = crc32(id);
    const place = number % PLACES;
    const was = this.askedOnce[place] === number;
    this.askedOnce[place] = number;
    return was;
  }
}

/** A client's own request that waits at the door for an answer of its own. */
const mayRepeat = ({ fromDoor, tee, internal, elsewhere, body }: Exchange): boolean =>
  fromDoor === true &&
  tee === undefined &&
  internal === undefined &&
  elsewhere === undefined &&
  body.length <= MAX_REPEATED_BYTES;

function isPlannedAlike({ drawn, failures, plan: { guards } }: Job['planned']): boolean {
  return !drawn && failures.length === 0 && guards.injection.action === 'off' && guards.pii.action === 'off';
}

const hourOf = (at: number): number => Math.floor(at / HOUR_MS);
