import { Inject, Injectable } from '@nestjs/common';
import { OnceBook, parseCacheControl, type OnceClaim } from '@relay/cache';
import { CLOCK, RelayError, sha256Hex, type Clock } from '@relay/core';
import type { Exchange } from '../exchange';
import type { Job } from '../job';
import { ReplyStage } from '../reply.stage';
import { pause } from '../upstream/back-off';
import { fingerprintOf } from './fingerprint';
import { onceKeyOf, onceKeyUsed } from './once-key';
import type { TeeReply } from './tee-reply';

const UNDER_WAY = 'The first request with this Idempotency-Key is still being answered.';
const UNREADABLE =
  'This Idempotency-Key was used before the relay got another encryption key, and what for cannot be read any more. Use another Idempotency-Key.';

/** A reply is kept within some ms after its last byte left. */
const LOOKS_AGAIN_AFTER_MS = [20, 100];

type Copied = Exchange & { readonly tee: TeeReply };

/**
 * With `Idempotency-Key` a request that is sent again, because its reply was lost, is not made again: it gets the same bytes. It is planned
 * and counts as a request all the same. What was not answered with 2xx may be tried again under the same key
 * (draft-ietf-httpapi-idempotency-key-header).
 */
@Injectable()
export class OnceStage {
  constructor(
    private readonly book: OnceBook,
    private readonly reply: ReplyStage,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** `exchange`: as it came through the door. */
  async serve(exchange: Copied, job: Job, serve: () => Promise<void>): Promise<void> {
    const key = onceKeyOf(exchange.headers);
    if (!key.ok) return this.refuse(job, key.error);
    const { principal, operation } = exchange;
    const id = sha256Hex(JSON.stringify([principal.tenant.id, principal.keyId, operation, key.value]));
    const claim = await this.claim(exchange, id);
    switch (claim.kind) {
      case 'kept':
        return this.reply.again(exchange.tee.inner, exchange, job.trace, claim.reply);
      case 'running':
        return this.refuse(job, new RelayError('conflict', UNDER_WAY, { retryAfterSeconds: 1 }));
      case 'differs':
        return this.refuse(job, onceKeyUsed());
      case 'unreadable':
        return this.refuse(job, new RelayError('conflict', UNREADABLE));
      case 'mine':
        try {
          return await serve();
        } finally {
          await claim.settle(mayKeep(exchange, job) ? await exchange.tee.kept(answeredBy(job)) : null);
        }
      default:
        return claim satisfies never;
    }
  }

  /** The first one may have been answered a moment ago, and its reply be on its way into the book. */
  private async claim(exchange: Exchange, id: string): Promise<OnceClaim> {
    const fingerprint = fingerprintOf(exchange);
    for (const waitMs of LOOKS_AGAIN_AFTER_MS) {
      const claim = await this.book.claim(exchange.principal.tenant.id, id, fingerprint);
      if (claim.kind !== 'running') return claim;
      await pause(this.clock, waitMs, exchange.signal);
    }
    return this.book.claim(exchange.principal.tenant.id, id, fingerprint);
  }

  private refuse({ exchange, trace }: Job, error: RelayError): void {
    this.reply.error(exchange, trace, error);
  }
}

/** Not what a guard put back into an answer, which is to be seen by nobody but the client; not what the client wants nowhere. */
function mayKeep({ reply, headers }: Exchange, { exchange, trace }: Job): boolean {
  return trace.ended === 'ok' && exchange.reply === reply && !parseCacheControl(headers['cache-control']).noStore;
}

const answeredBy = ({ exchange, trace }: Job) => ({
  traceId: exchange.traceId,
  model: trace.servedModel,
  provider: trace.provider,
});
