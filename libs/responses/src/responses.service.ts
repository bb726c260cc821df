import { Injectable } from '@nestjs/common';
import { err, isStorable, ok, RelayError, type Result } from '@relay/core';
import type { JsonObject } from '@relay/protocols';
import { expandInput, itemsBefore, referencesOf, type Conversation, type ExpandedInput } from './domain/conversation';
import { isInput } from './domain/items';
import { pageOf, type PageQuery } from './domain/item-page';
import { isFinal } from './domain/response-status';
import { responseView, type StoredResponse } from './domain/stored-response';
import { ResponseStore } from './persistence/response.store';

/** Of one conversation; 16 MiB are some four million tokens. */
const BOUNDS = { maxResponses: 1_000, maxBytes: 16_777_216 };
/** References of one request. */
const MAX_REFERENCES = 1_000;
const NONE: ReadonlyMap<string, JsonObject> = new Map();

/** Responses as their tenants see them. Everything rejects when the database is away. */
@Injectable()
export class Responses {
  constructor(private readonly store: ResponseStore) {}

  /** The response object as it is now. Error: `not_found`. */
  async retrieve(tenantId: string, id: string): Promise<Result<JsonObject, RelayError>> {
    const found = await this.store.find(tenantId, id);
    return found ? ok(responseView(found)) : err(responseNotFound(id));
  }

  /** A page of what it was made from, its conversation included. Errors: `not_found`, `invalid_request`. */
  async inputItems(tenantId: string, id: string, query: PageQuery): Promise<Result<JsonObject, RelayError>> {
    const { responses, isTooLong } = await this.store.chain(tenantId, id, BOUNDS);
    if (isTooLong) return err(tooLong('response_id'));
    if (responses.at(-1)?.id !== id) return err(responseNotFound(id));
    return pageOf(itemsBefore(responses), query);
  }

  /**
   * The input of a request with the conversation that it goes on from; null where it needs nothing of what is kept. Errors:
   * `previous_response_not_found`, `invalid_request`.
   */
  async expand(
    tenantId: string,
    previousId: string | null,
    input: unknown,
  ): Promise<Result<ExpandedInput | null, RelayError>> {
    if (!isInput(input)) return ok(null); // to be refused by whoever reads the whole body
    const references = referencesOf(input);
    if (previousId === null && references.length === 0) return ok(null);
    if (references.length > MAX_REFERENCES) return err(tooManyReferences());
    const conversation = previousId === null ? ok([]) : await this.conversation(tenantId, previousId);
    if (!conversation.ok) return conversation;
    const storable = references.filter(isStorable); // no item has another id
    const referenced = storable.length === 0 ? NONE : await this.store.items(tenantId, storable, BOUNDS.maxBytes);
    if (referenced === null) return err(tooMuchReferred());
    return expandInput(conversation.value, input, referenced);
  }

  private async conversation(tenantId: string, id: string): Promise<Result<Conversation, RelayError>> {
    const { responses, isWhole, isTooLong } = await this.store.chain(tenantId, id, BOUNDS);
    if (isTooLong) return err(tooLong('previous_response_id'));
    const last = responses.at(-1);
    if (last?.id !== id) return err(previousNotFound(id));
    if (!isWhole) return err(beginningIsGone(id));
    return refusalToGoOn(last) ?? ok(responses);
  }
}

/** Null: a conversation can go on from it. */
function refusalToGoOn({ id, status }: StoredResponse): Result<never, RelayError> | null {
  if (status === 'completed' || status === 'incomplete') return null;
  const why = isFinal(status)
    ? `has ${status === 'failed' ? 'failed' : 'been cancelled'}`
    : `is still ${status.replace('_', ' ')}`;
  return err(
    new RelayError('invalid_request', `Previous response with id '${id}' ${why}; no conversation can go on from it.`, {
      param: 'previous_response_id',
    }),
  );
}

export const responseNotFound = (id: string): RelayError =>
  new RelayError('not_found', `Response with id '${id.slice(0, 128)}' not found.`, { param: 'response_id' });

const previousNotFound = (id: string): RelayError =>
  new RelayError('previous_response_not_found', `Previous response with id '${id.slice(0, 128)}' not found.`, {
    param: 'previous_response_id',
  });

const beginningIsGone = (id: string): RelayError =>
  new RelayError(
    'previous_response_not_found',
    `The beginning of the conversation of the previous response with id '${id}' is not kept any more.`,
    { param: 'previous_response_id' },
  );

const tooLong = (param: string): RelayError =>
  new RelayError(
    'invalid_request',
    `The conversation is too long; allowed: ${BOUNDS.maxResponses} responses of ${BOUNDS.maxBytes} bytes together.`,
    { param },
  );

const tooManyReferences = (): RelayError =>
  new RelayError('invalid_request', `input: at most ${MAX_REFERENCES} items may be references.`, { param: 'input' });

const tooMuchReferred = (): RelayError =>
  new RelayError(
    'invalid_request',
    `input: the answers that it refers to are too long; allowed: ${BOUNDS.maxBytes} bytes together.`,
    { param: 'input' },
  );
