import { RelayError, type Clock } from '@relay/core';
import type { Flight } from '../../domain/flights/flight';
import { crashed, leftBy } from '../../domain/flights/landings';
import type { Cockpit, Landing } from '../../domain/flights/passenger';
import type { EntryCodec } from '../../tiers/entry-codec';
import type { FlightChannel } from './flight-channel';
import type { Saying, ToFollower, ToOwner } from './flight-messages';
import { SILENT_AFTER_MS } from './follower';

/** The first sign of life after joining must come within this time, in ms. */
const JOIN_TIMEOUT_MS = 500;
/** Of the longest answer: so much of a stream may be on its way here, or wait here, beyond what passengers have taken. */
const WINDOW_SHARE = 1 / 4;
/** The owner hears each time that so much of the window has come. */
const ACKNOWLEDGED_SHARE = 1 / 4;
/** Passengers are busy when so much of it waits for them: less may be a moment's delay. */
const BUSY_SHARE = 1 / 2;
/** What a message may hold beside an answer: meta data of the answer, closing frames. */
const ALLOWANCE_BYTES = 1_048_576;
const NO_BYTES = Buffer.alloc(0);

type BytesKind = Extract<ToFollower, { type: 'bytes' }>['of'];
type Landed = Extract<ToFollower, { type: 'landed' }>;
type Failed = Extract<ToFollower, { type: 'failed' }>;

export interface FollowingTools {
  readonly clock: Clock;
  readonly channel: FlightChannel;
  readonly answers: EntryCodec;
  readonly maxAnswerBytes: number;
}

/** A flight of another process, heard here and handed on to the passengers of this one. */
export class Following {
  /** `lost`: failed before any content, or died or could not be heard: who has heard nothing may fly. Never rejects. */
  readonly ended: Promise<Landing | 'lost'>;
  private end: (outcome: Landing | 'lost') => void = () => undefined;
  private over = false;
  private seq = 0;
  private heardAt: number;
  private confirmed = false;
  private readonly window: number;
  /** Bytes of frames that came, and what of them passengers had room for. */
  private received = 0;
  private taken = 0;
  /** What the owner knows: both at the last time that it was told. */
  private toldReceived = 0;
  private toldTaken = 0;
  private gatheredBytes = 0;
  private gathered: Record<BytesKind, Buffer[]> = { frames: [], tail: [], answer: [], refusal: [] };
  private readonly cancelJoin: () => void;

  constructor(
    readonly id: string,
    /** Process and number of the flight that is followed. */
    private readonly owner: { readonly process: string; readonly flight: string },
    private readonly flight: Flight,
    private readonly cockpit: Cockpit,
    private readonly tools: FollowingTools,
  ) {
    this.ended = new Promise((resolve) => (this.end = resolve));
    this.heardAt = tools.clock.monotonic();
    this.window = Math.ceil(tools.maxAnswerBytes * WINDOW_SHARE);
    this.cancelJoin = tools.clock.after(JOIN_TIMEOUT_MS, () => this.loseUnless(() => this.confirmed));
    flight.signal.addEventListener('abort', this.leave);
    void this.say({ type: 'join', window: this.window });
  }

  get key(): string {
    return this.flight.key;
  }

  receive(message: ToFollower, payload: Buffer): void {
    if (this.over) return;
    this.heardAt = this.tools.clock.monotonic();
    this.confirmed = true;
    if (message.type === 'gone' || message.seq !== this.seq) return this.lose();
    if (message.type === 'flying') return;
    this.seq++;
    if (message.type === 'departed') {
      this.cockpit.departed(message.facts);
      this.flight.delivery = message.delivery;
    } else if (message.type === 'bytes') this.gather(message.of, message.more, payload);
    else if (message.type === 'landed') void this.land(message);
    else this.fail(message);
  }

  /** Once a second. */
  tick(): void {
    if (this.over) return;
    if (this.isSilent) this.loseUnless(() => !this.isSilent);
    else this.acknowledge();
  }

  /** The other process, or the way to it, is gone. */
  lose(): void {
    if (this.over) return;
    void this.say({ type: 'leave' });
    this.settle('lost');
    const message = 'The process that was getting the answer is gone.';
    this.flight.lost(crashed(new RelayError('upstream_error', message), false, true));
  }

  private get isSilent(): boolean {
    return this.tools.clock.monotonic() - this.heardAt >= SILENT_AFTER_MS;
  }

  /** What has arrived already is read first: this process may have been busy for so long itself. */
  private loseUnless(heard: () => boolean): void {
    setImmediate(() => {
      if (!heard()) this.lose();
    });
  }

  private gather(of: BytesKind, more: boolean, payload: Buffer): void {
    this.gatheredBytes += payload.length;
    if (this.gatheredBytes > this.tools.maxAnswerBytes + ALLOWANCE_BYTES) return this.lose();
    this.gathered[of].push(payload);
    if (of === 'frames' && !more) this.hand();
  }

  /** Whole frames are here. When all passengers are busy they are in the backlog, and the owner is not told that they were taken. */
  private hand(): void {
    const frames = this.take('frames');
    this.gatheredBytes -= frames.length;
    if (this.flight.facts === null) this.lose();
    else this.passOn(frames);
  }

  private passOn(frames: Buffer): void {
    this.received += frames.length;
    if (this.cockpit.onFrames(frames, this.onRoom)) this.taken = this.received;
    if (this.received - this.toldReceived >= this.window * ACKNOWLEDGED_SHARE) this.acknowledge();
  }

  private readonly onRoom = (): void => {
    this.taken = this.received;
    if (this.taken - this.toldTaken >= this.window * ACKNOWLEDGED_SHARE && !this.over) this.acknowledge();
  };

  private acknowledge(): void {
    const { received, taken, window } = this;
    this.toldReceived = received;
    this.toldTaken = taken;
    void this.say({ type: 'listening', taken, busy: received - taken >= window * BUSY_SHARE });
  }

  /** All was heard: while the answer is unpacked the other process may forget this one, or go. */
  private async land({ facts }: Landed): Promise<void> {
    this.close();
    const value = this.take('answer');
    const tail = this.take('tail');
    const { answers, maxAnswerBytes } = this.tools;
    const answer = value.length > 0 ? await answers.decode(this.flight.key, value, maxAnswerBytes) : undefined;
    this.end({ kind: 'landed', answer: answer ?? null, tail, facts });
  }

  private fail({ error, started, mayRetry, pilots, refusal }: Failed): void {
    if (mayRetry && this.flight.backlog.end === 0) {
      this.flight.pilots += pilots;
      return this.settle('lost');
    }
    const retryAfter = error.retryAfterSeconds === null ? {} : { retryAfterSeconds: error.retryAfterSeconds };
    const param = error.param === null ? {} : { param: error.param };
    const body = this.take('refusal');
    this.settle({
      kind: 'failed',
      error: new RelayError(error.code, error.message, { ...retryAfter, ...param }),
      started,
      mayRetry: false,
      refusal: refusal && { ...refusal, body },
    });
  }

  private take(of: BytesKind): Buffer {
    const pieces = this.gathered[of];
    this.gathered[of] = [];
    return pieces.length === 1 ? (pieces[0] ?? NO_BYTES) : Buffer.concat(pieces);
  }

  private settle(outcome: Landing | 'lost'): void {
    if (this.over) return;
    this.close();
    this.end(outcome);
  }

  /** What others say from now on changes nothing. */
  private close(): void {
    this.over = true;
    this.cancelJoin();
    this.flight.signal.removeEventListener('abort', this.leave);
  }

  private readonly leave = (): void => {
    void this.say({ type: 'leave' });
    this.settle(leftBy(this.flight.signal));
  };

  /** Who is not there to hear it is gone; Redis being away shows by silence. */
  private async say(saying: Saying): Promise<void> {
    const { channel } = this.tools;
    const { type } = saying;
    const { process, flight } = this.owner;
    const message: ToOwner = { ...saying, flight, follow: this.id, from: channel.processId };
    const receivers = await channel.send(process, this.flight.key, message).catch(() => (type === 'join' ? 0 : 1));
    if (receivers === 0 && type !== 'leave') this.lose();
  }
}
