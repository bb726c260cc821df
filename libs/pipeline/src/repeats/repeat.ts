import type { CachedAnswer } from '@relay/cache';
import type { Principal } from '@relay/core';
import { SharedParts } from '@relay/trace';
import type { Job } from '../job';

/** What was read and planned of a request a moment ago, for those that are the same to the byte. */
export class Repeat {
  readonly asked: Job['asked'];
  readonly request: Job['request'];
  readonly planned: Job['planned'];
  readonly tags: readonly string[];
  readonly principal: Principal;
  readonly body: Buffer;
  private answerOf = '';
  private parts = new SharedParts();

  constructor(
    { asked, request, planned, trace, exchange }: Job,
    /** The exact key of its answer. */
    readonly key: string,
    /** Whose answers it is served. */
    readonly owner: string,
    /** Hours since the epoch: facts tell the hour. */
    readonly hour: number,
    readonly untilMs: number, // monotonic
  ) {
    this.asked = asked;
    this.request = request;
    this.planned = planned;
    this.tags = trace.tags;
    this.principal = exchange.principal;
    this.body = Buffer.from(exchange.body); // a copy: what it is read into may be larger by far
  }

  /** What the traces have in common of those that are served this answer. */
  partsWith({ sourceTraceId, createdAt }: CachedAnswer): SharedParts {
    const answerOf = `${sourceTraceId} ${createdAt}`; // the answer itself is the cache's to keep or to let go
    if (this.answerOf !== answerOf) {
      this.answerOf = answerOf;
      this.parts = new SharedParts();
    }
    return this.parts;
  }
}
