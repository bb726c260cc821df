import type { CachedAnswer } from '@relay/cache';
import type { ChatCompletionRequest } from '@relay/contracts';
import type { Principal } from '@relay/core';
import type { Planned } from '@relay/policy';
import type { JsonObject } from '@relay/protocols';
import { SharedParts } from '@relay/trace';

/** What was read and planned of a request a moment ago. */
export interface KnownRequest {
  readonly body: Buffer;
  readonly principal: Principal;
  readonly asked: JsonObject;
  readonly request: ChatCompletionRequest;
  readonly tags: readonly string[];
  readonly planned: Planned;
  /** The exact key of its answer. */
  readonly key: string;
  /** Whose answers it is served. */
  readonly owner: string;
  /** Hours since the epoch: facts tell the hour. */
  readonly hour: number;
  readonly untilMs: number; // monotonic
}

/** That, for requests that are the same to the byte. */
export class Repeat {
  private answerOf = '';
  private parts = new SharedParts();

  constructor(readonly known: KnownRequest) {}

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
