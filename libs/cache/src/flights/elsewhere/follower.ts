import { Cancellation, type Clock } from '@relay/core';
import type { CachedAnswer } from '../../domain/cached-answer';
import { MAX_PILOTS, type Flight } from '../../domain/flights/flight';
import type { Arrival, Crashed, FlightFacts, Landed } from '../../domain/flights/passenger';
import type { Boarding } from '../../domain/flights/seat';
import type { EntryCodec } from '../../tiers/entry-codec';
import type { FlightChannel } from './flight-channel';
import type { Step, ToFollower, ToOwner } from './flight-messages';
import { Outbox } from './outbox';

/** Without a sign of life for so long the other process counts as dead, in ms. Signs come every second. */
export const SILENT_AFTER_MS = 3_000;

export interface FollowerTools {
  readonly clock: Clock;
  readonly channel: FlightChannel;
  readonly answers: EntryCodec;
  /** Larger answers are not sent: their bytes come as frames, or not at all. */
  readonly maxAnswerBytes: number;
}

/** Another process aboard a flight of this one: hears all frames and how it ends. */
export class Follower implements Boarding {
  readonly delivery = 'any';
  readonly pilot = null;
  readonly signal = new Cancellation();
  /** Settles when the other process was told the end, or is not to be told any more. */
  readonly done: Promise<void>;
  private finish: () => void = () => undefined;
  private readonly outbox: Outbox;
  private resume: (() => void) | null = null;
  private departed = false;
  private told = false;
  private seq = 0;
  private heardAt: number;
  /** Bytes of frames that it was given, and that its passengers have taken. */
  private given = 0;
  private taken = 0;
  private readersBusy = false;

  constructor(
    private readonly flight: Flight,
    private readonly from: string,
    private readonly follow: string,
    /** Most bytes of frames that it is given before its passengers have taken them. */
    private readonly window: number,
    private readonly tools: FollowerTools,
  ) {
    this.done = new Promise((resolve) => (this.finish = resolve));
    this.heardAt = tools.clock.monotonic();
    this.outbox = new Outbox(
      (step, payload) => this.send(step, payload),
      () => this.sent(),
      () => this.leave(),
    );
    this.outbox.add({ type: 'flying' });
  }

  onFrames(frames: Buffer, resume: () => void, facts: FlightFacts): boolean {
    if (!this.departed) this.outbox.add({ type: 'departed', delivery: this.flight.delivery, facts });
    this.departed = true;
    this.given += frames.length;
    this.outbox.addBytes('frames', frames);
    if (!this.isFull) return true;
    this.resume = resume;
    return false;
  }

  /** The way there is what frames wait for: passengers of the other process are ready for them. */
  get isBehind(): boolean {
    return this.resume !== null && !this.readersBusy;
  }

  /** The flight is over for the other process, too. */
  async arrive({ landing }: Arrival): Promise<void> {
    if (this.signal.aborted) return;
    if (landing.kind === 'landed') await this.tellLanded(landing);
    else this.tellFailed(landing);
    this.told = true;
    if (this.outbox.isEmpty) this.finish();
  }

  heard({ taken, busy }: Extract<ToOwner, { type: 'listening' }>): void {
    this.heardAt = this.tools.clock.monotonic();
    this.taken = Math.max(this.taken, taken);
    this.readersBusy = busy;
    this.goOn();
    this.flight.ready(); // it does not wait for readers that are busy
  }

  /** Once a second. What has arrived already is read before silence counts: this process may have been busy itself. */
  tick(): void {
    if (!this.isSilent) return this.outbox.add({ type: 'flying' });
    setImmediate(() => {
      if (this.isSilent) this.leave();
    });
  }

  /** The process stops: the other one has to see for itself. Off the flight at once; settles when that is said. */
  async turnAway(): Promise<void> {
    const gone = { type: 'gone', follow: this.follow, seq: this.seq } as const;
    const said = this.tools.channel.send(this.from, this.flight.key, gone).catch(() => 0); // silence says it as well
    this.leave();
    await said;
  }

  leave(): void {
    this.signal.abort();
    this.finish();
  }

  private get isSilent(): boolean {
    return this.tools.clock.monotonic() - this.heardAt >= SILENT_AFTER_MS;
  }

  private async tellLanded({ answer, tail, facts }: Landed): Promise<void> {
    const value = answer && (await this.encode(answer));
    if (value) this.outbox.addBytes('answer', value);
    if (tail.length > 0) this.outbox.addBytes('tail', tail);
    this.outbox.add({ type: 'landed', facts });
  }

  private async encode(answer: CachedAnswer): Promise<Buffer | null> {
    if (answer.body.length > this.tools.maxAnswerBytes) return null;
    return this.tools.answers.encode(this.flight.key, answer).catch(() => null);
  }

  private tellFailed({ error, started, mayRetry, refusal }: Crashed): void {
    const { code, message, param, retryAfterSeconds = null } = error;
    const { pilots, backlog } = this.flight;
    if (refusal && refusal.body.length > 0) this.outbox.addBytes('refusal', refusal.body);
    this.outbox.add({
      type: 'failed',
      error: { code, message, param, retryAfterSeconds },
      started,
      mayRetry: mayRetry && pilots < MAX_PILOTS && backlog.end === 0,
      pilots,
      refusal: refusal && { status: refusal.status, contentType: refusal.contentType },
    });
  }

  private async send(step: Step, payload: readonly Buffer[]): Promise<void> {
    const { flight, follow, from, tools } = this;
    const message: ToFollower = { ...step, follow, seq: this.seq };
    if (step.type !== 'flying') this.seq++;
    const receivers = await tools.channel.send(from, flight.key, message, payload);
    if (receivers === 0) throw new Error('nobody hears it');
  }

  private get isFull(): boolean {
    return this.outbox.isFull || this.given - this.taken >= this.window;
  }

  private sent(): void {
    if (this.told && this.outbox.isEmpty) this.finish();
    this.goOn();
  }

  private goOn(): void {
    const { resume } = this;
    if (resume === null || this.isFull) return;
    this.resume = null;
    resume();
  }
}
