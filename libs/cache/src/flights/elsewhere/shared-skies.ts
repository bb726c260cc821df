import { LiveMap, within, type Clock } from '@relay/core';
import type { Flight, Skies } from '../../domain/flights/flight';
import { leftBy } from '../../domain/flights/landings';
import type { Cockpit, Landing } from '../../domain/flights/passenger';
import type { EntryCodec } from '../../tiers/entry-codec';
import { Claim, readHolder } from './claim';
import type { ClaimDesk } from './claim-desk';
import type { FlightChannel } from './flight-channel';
import type { Received } from './flight-codec';
import type { ToOwner } from './flight-messages';
import { Follower } from './follower';
import { Following } from './following';

/** How long a starting process waits for its subscription. */
const START_TIMEOUT_MS = 2_000;
const TICK_MS = 1_000;
/** Owners that one flight follows one after the other; then it flies for itself. */
const MAX_OWNERS = 3;
/** Followings of one flight by other processes. */
const MAX_FOLLOWERS = 1_024;

export interface SkiesTools {
  readonly clock: Clock;
  readonly channel: FlightChannel;
  readonly desk: ClaimDesk;
  readonly answers: EntryCodec;
  /** Largest answer that is sent from process to process, in bytes. */
  readonly maxAnswerBytes: () => number;
}

export interface SkiesStats {
  /** Flights that another process flew. */
  readonly followed: number;
  /** Flights of others that failed before any content, or were lost before all here had heard some: somebody here had to see for itself. */
  readonly lost: number;
  /** Other processes aboard flights of this one. */
  readonly followers: number;
  /** Flights that did not ask the others, as Redis was away or slow. */
  readonly unshared: number;
}

/**
 * Flights among the processes that share a Redis. A lease says who flies for a key; whoever comes second joins that process and hears
 * its frames by pub/sub.
 *
 *     owner                                       follower
 *       | <- join, listening (taken), leave -------- |
 *       | -- flying each second, departed, frames -> | -> passengers there
 *       | -- answer, tail, landed | failed --------> |
 */
export class SharedSkies implements Skies {
  /** By number; also of flights that have landed while others are being told. */
  private readonly claims = new LiveMap<string, Claim>();
  private readonly followings = new LiveMap<string, Following>();
  private readonly counts = { followed: 0, lost: 0, unshared: 0 };
  private numbers = 0;
  private cancelTick: (() => void) | null = null;
  private closed = false;

  constructor(private readonly tools: SkiesTools) {}

  /** Waits until others reach this process, but not for a Redis that is away. */
  async start(): Promise<void> {
    const { channel, clock, desk } = this.tools;
    const listening = channel.start((received) => this.receive(received));
    if (desk.usable) await within(clock, START_TIMEOUT_MS, listening);
  }

  claim(flight: Flight): 'mine' | Promise<'mine' | 'elsewhere'> {
    const claim = this.claimOf(flight) ?? this.open(flight);
    if (claim.mine) return 'mine';
    if (this.usable) return this.tools.desk.ask(claim, '');
    this.counts.unshared++;
    claim.mine = true;
    return 'mine';
  }

  async follow(flight: Flight, cockpit: Cockpit): Promise<Landing | 'mine'> {
    const claim = this.claimOf(flight);
    for (let owners = 0; claim && !claim.mine && owners < MAX_OWNERS; owners++) {
      const outcome = await this.listen(claim, cockpit);
      if (outcome !== 'lost') {
        this.counts.followed++;
        return outcome;
      }
      if (flight.signal.aborted) return leftBy(flight.signal);
      this.counts.lost++;
      if (this.usable) await this.tools.desk.ask(claim, claim.other ?? '');
      else claim.mine = true;
    }
    if (claim) claim.mine = true;
    return 'mine';
  }

  ground(flight: Flight): void {
    const claim = this.claimOf(flight);
    if (claim) void this.turnAll(claim);
  }

  /** The flight is over, and all who sat in it were told, or are being told. */
  landed(flight: Flight): void {
    const claim = this.claimOf(flight);
    if (!claim) return;
    flight.number = null;
    if (claim.followers.size === 0) this.forget(claim);
    else void Promise.all([...claim.followers.values()].map(({ done }) => done)).then(() => this.forget(claim));
  }

  stats(): SkiesStats {
    let followers = 0;
    for (const claim of this.underWay()) followers += claim.followers.size;
    const { failures } = this.tools.desk;
    return { ...this.counts, unshared: this.counts.unshared + failures, followers };
  }

  /** Tells the others, who then fly for themselves where nothing was heard yet. */
  async close(): Promise<void> {
    this.closed = true;
    this.cancelTick?.();
    for (const following of [...this.followings.values()]) following.lose();
    const claims = [...this.claims.values()];
    await Promise.all(claims.map((claim) => this.turnAll(claim)));
    this.tools.channel.close();
  }

  private get usable(): boolean {
    return !this.closed && this.tools.channel.listening && this.tools.desk.usable;
  }

  private claimOf({ number }: Flight): Claim | undefined {
    return number === null ? undefined : this.claims.get(number);
  }

  private *underWay(): Generator<Claim, void> {
    for (const claim of this.claims.values()) if (claim.flight.number !== null) yield claim;
  }

  private open(flight: Flight): Claim {
    const number = (this.numbers++).toString(36);
    const claim = new Claim(flight, number, `${this.tools.channel.processId}:${number}`);
    flight.number = number;
    this.claims.set(number, claim);
    this.armTick();
    return claim;
  }

  private forget(claim: Claim): void {
    this.claims.delete(claim.number);
    void this.tools.desk.release(claim);
  }

  private async listen({ flight, other }: Claim, cockpit: Cockpit): Promise<Landing | 'lost'> {
    const owner = other === null ? null : readHolder(other);
    if (owner === null || flight.signal.aborted) return 'lost';
    const id = (this.numbers++).toString(36);
    const tools = { ...this.tools, maxAnswerBytes: this.tools.maxAnswerBytes() };
    const following = new Following(id, owner, flight, cockpit, tools);
    this.followings.set(id, following);
    try {
      return await following.ended;
    } finally {
      this.followings.delete(id);
    }
  }

  private receive({ key, message, payload }: Received): void {
    if (message.type === 'join') return this.join(key, message);
    if (message.type === 'leave') return this.followerOf(message)?.leave();
    if (message.type === 'listening') {
      const follower = this.followerOf(message);
      return follower ? follower.heard(message) : this.turnAway(key, message);
    }
    const following = this.followings.get(message.follow);
    if (following?.key === key) following.receive(message, payload);
  }

  private join(key: string, message: Extract<ToOwner, { type: 'join' }>): void {
    const claim = this.claims.get(message.flight);
    const fits = claim?.held === true && claim.flight.key === key && claim.flight.joinable;
    if (!fits || this.closed || claim.followers.size >= MAX_FOLLOWERS) return this.turnAway(key, message);
    const id = idOf(message);
    if (claim.followers.has(id)) return;
    const tools = { ...this.tools, maxAnswerBytes: this.tools.maxAnswerBytes() };
    const follower = new Follower(claim.flight, message.from, message.follow, message.window, tools);
    claim.followers.set(id, follower);
    void follower.done.then(() => claim.followers.delete(id));
    claim.flight.board(follower, (arrival) => void follower.arrive(arrival));
  }

  private turnAway(key: string, { from, follow }: ToOwner): void {
    this.tools.channel.send(from, key, { type: 'gone', follow, seq: 0 }).catch(() => undefined); // silence says it as well
  }

  private followerOf(message: ToOwner): Follower | undefined {
    return this.claims.get(message.flight)?.followers.get(idOf(message));
  }

  private async turnAll(claim: Claim): Promise<void> {
    await Promise.all([...claim.followers.values()].map((follower) => follower.turnAway()));
    await this.tools.desk.release(claim);
  }

  private armTick(): void {
    if (this.cancelTick !== null || this.closed) return;
    this.cancelTick = this.tools.clock.after(TICK_MS, () => {
      this.cancelTick = null;
      this.tick();
    });
  }

  private tick(): void {
    for (const claim of this.claims.values()) {
      if (claim.flight.number !== null) this.tools.desk.renew(claim);
      for (const follower of claim.followers.values()) follower.tick();
    }
    for (const following of this.followings.values()) following.tick();
    if (this.claims.size > 0) this.armTick();
  }
}

const idOf = ({ from, follow }: ToOwner): string => `${from}/${follow}`;
