import { contentCipher, type Environment } from '@relay/config';
import { isStorable } from '@relay/core';
import type { JsonObject } from '@relay/protocols';
import { idOf, outputItems } from '../domain/items';
import type { ResponseStatus } from '../domain/response-status';
import type { StoredResponse } from '../domain/stored-response';
import { PayloadCodec, type Decoded } from './payload-codec';

const PURPOSE = 'relay/responses';
/** Items of an answer that can be referred to by their ids. */
const MAX_ITEM_IDS = 256;

/** A row of `responses`, as far as it is read. */
export interface ResponseRow {
  readonly id: string;
  readonly status: ResponseStatus;
  readonly background: boolean;
  readonly previous_id: string | null;
  readonly asked: Buffer;
  readonly answer: Buffer;
}

export type AnswerRow = Pick<ResponseRow, 'id' | 'answer'>;

export const RESPONSE_COLUMNS = 'id, status, background, previous_id, asked, answer';

/** What is kept of one side of a response, and how long it is in the open. */
export interface Sealed {
  readonly stored: Buffer;
  readonly bytes: number;
}

/** What was asked and answered, as it lies in the table. */
export class ResponseSeal {
  private readonly codec: PayloadCodec;

  constructor(environment: Pick<Environment, 'RELAY_ENCRYPTION_KEY' | 'RELAY_ENCRYPTION_KEY_PREVIOUS'>) {
    this.codec = new PayloadCodec(contentCipher(PURPOSE, environment));
  }

  async close(side: 'asked' | 'answer', tenantId: string, id: string, value: JsonObject): Promise<Sealed> {
    const text = Buffer.from(JSON.stringify(value));
    return { stored: await this.codec.encode(text, placeOf(side, tenantId, id)), bytes: text.length };
  }

  /** Null: it does not open any more. */
  async open(tenantId: string, row: ResponseRow): Promise<StoredResponse | null> {
    const { id, status, background, previous_id: previousId } = row;
    const asked = await this.codec.decode(row.asked, placeOf('asked', tenantId, id));
    const answer = await this.codec.decode(row.answer, placeOf('answer', tenantId, id));
    return asked && answer && { id, status, background, previousId, asked, answer };
  }

  /** The answer alone, of at most `maxBytes`. Null: it does not open any more. */
  openAnswer(tenantId: string, row: AnswerRow, maxBytes: number): Promise<Decoded | 'too-long' | null> {
    return this.codec.decodeWithin(row.answer, placeOf('answer', tenantId, row.id), maxBytes);
  }
}

/** The ids by which later requests may refer to what was answered. */
export function itemIdsOf(answer: JsonObject): string[] {
  return outputItems(answer)
    .map(idOf)
    .filter((id) => id !== null)
    .filter(isStorable)
    .slice(0, MAX_ITEM_IDS);
}

const placeOf = (side: string, tenantId: string, id: string): string => `response ${side} ${tenantId} ${id}`;
