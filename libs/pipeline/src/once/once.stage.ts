import { Injectable } from '@nestjs/common';
import { OnceBook, type KeptReply } from '@relay/cache';
import { ConfigStore } from '@relay/config';
import { HEADERS, OPERATION_SHAPES } from '@relay/contracts';
import { RelayError, sha256Hex, type Result, err, ok } from '@relay/core';
import type { Exchange } from '../exchange';
import { TeeReply } from './tee-reply';

const KEY = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/;

/** How a request with an idempotency key goes on. */
export type Once =
  | { readonly kind: 'first'; readonly exchange: Exchange; readonly ended: (isAnswered: boolean) => Promise<void> }
  | { readonly kind: 'again'; readonly reply: KeptReply };

/**
 * With `Idempotency-Key` a request that is sent again, because its reply was lost, is not made again: it gets the same bytes. What was not
 * answered with 2xx may be tried again under the same key (draft-ietf-httpapi-idempotency-key-header).
 */
@Injectable()
export class OnceStage {
  constructor(
    private readonly book: OnceBook,
    private readonly config: ConfigStore,
  ) {}

  /** Null: the app wants nothing of the kind. */
  static keyOf({ headers, internal }: Exchange): string | null {
    const key = headers[HEADERS.idempotencyKey];
    return internal === undefined && typeof key === 'string' ? key : null;
  }

  /** Errors: `invalid_request` (the header, or the key was used for something else), `conflict` (the first one is still under way). */
  async begin(exchange: Exchange, key: string): Promise<Result<Once, RelayError>> {
    if (!KEY.test(key)) return err(refusal('Idempotency-Key takes 1 to 255 visible ASCII characters.'));
    const { principal, operation, body } = exchange;
    const id = sha256Hex(JSON.stringify([principal.tenant.id, principal.keyId, operation, key]));
    // A client writes a form anew with another boundary.
    const question = OPERATION_SHAPES[operation].body === 'form' ? '' : sha256Hex(body.toString('latin1'));
    const claim = await this.book.claim(id, question);
    switch (claim.kind) {
      case 'kept':
        return ok({ kind: 'again', reply: claim.reply });
      case 'running':
        return err(
          new RelayError('conflict', 'The first request with this Idempotency-Key is still being answered.', {
            retryAfterSeconds: 1,
          }),
        );
      case 'differs':
        return err(refusal('This Idempotency-Key was used for another request.'));
      case 'mine': {
        const tee = new TeeReply(exchange.reply, this.config.current.cache.maxEntryBytes);
        const ended = (isAnswered: boolean): Promise<void> =>
          claim.settle(isAnswered ? tee.kept(exchange.traceId) : null);
        return ok({ kind: 'first', exchange: withReply(exchange, tee), ended });
      }
      default:
        return claim satisfies never;
    }
  }
}

const refusal = (message: string): RelayError =>
  new RelayError('invalid_request', message, { param: HEADERS.idempotencyKey });

/** Field by field: the door's exchange is no plain object. */
function withReply(exchange: Exchange, reply: Exchange['reply']): Exchange {
  const { operation, endpoint, requestId, traceId, receivedAt, startedAt, authMs } = exchange;
  const { principal, headers, body, signal } = exchange;
  return {
    ...{ operation, endpoint, requestId, traceId, receivedAt, startedAt, authMs },
    ...{ principal, headers, body, signal, reply },
  };
}
