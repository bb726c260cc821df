import { Cancellation } from '@relay/core';
import type { CachedAnswer } from '../../src/domain/cached-answer';
import type { Cockpit, Delivery, FlightFacts, Landing, Passenger } from '../../src/domain/flights/passenger';

export const FACTS: FlightFacts = {
  sourceTraceId: 'trace-1',
  servedModel: 'small',
  provider: 'mock',
  cache: 'miss',
  entry: null,
  similarity: null,
  degraded: ['shorter-answer:256'],
};

export const answerOf = (body: string | Buffer): CachedAnswer => ({
  body: Buffer.from(body),
  status: 200,
  errorCode: null,
  createdAt: 1,
  expiresAt: 2,
  staleUntil: 3,
  epoch: 0,
  labels: ['tenant:acme'],
  sourceTraceId: 'trace-1',
  servedModel: 'small',
  provider: 'mock',
  inputTokens: 1,
  cachedInputTokens: null,
  outputTokens: 2,
  costUsd: '0.000001',
  ttftMs: 5,
  tookMs: 9,
});

export const landedWith = (body: string | Buffer | null, tail = 'data: [DONE]\n\n'): Landing => ({
  kind: 'landed',
  answer: body === null ? null : answerOf(body),
  tail: Buffer.from(tail),
  facts: FACTS,
});

/** A passenger whose reading and flying the test steers. */
export class TestPassenger implements Passenger {
  readonly signal = new Cancellation();
  readonly heard: string[] = [];
  readonly cockpits: Cockpit[] = [];
  facts: FlightFacts | null = null;
  /** Whether it asks to wait after each frame. */
  slow = false;
  resume: () => void = () => undefined;
  /** How often the pilot was told to go on after it was told to wait. */
  resumed = 0;
  private end: (landing: Landing) => void = () => undefined;

  constructor(readonly delivery: Delivery = 'stream') {}

  get text(): string {
    return this.heard.join('');
  }

  pilot(cockpit: Cockpit): Promise<Landing> {
    this.cockpits.push(cockpit);
    return new Promise((resolve) => (this.end = resolve));
  }

  onFrames(frames: Buffer, resume: () => void, facts: FlightFacts): boolean {
    this.heard.push(frames.toString());
    this.facts = facts;
    this.resume = resume;
    return !this.slow;
  }

  /** As its pilot: departs and hands out frames; whether it may go on after the last. */
  depart(...frames: string[]): boolean {
    this.cockpits.at(-1)?.departed(FACTS);
    return this.fly(...frames);
  }

  fly(...frames: string[]): boolean {
    let goOn = true;
    for (const frame of frames)
      goOn = this.cockpits.at(-1)?.onFrames(Buffer.from(frame), () => void this.resumed++) ?? true;
    return goOn;
  }

  land(landing: Landing): void {
    this.end(landing);
  }
}
