import { Injectable } from '@nestjs/common';
import { ConfigStore } from '@relay/config';
import { err, RelayError, type Result } from '@relay/core';
import {
  CompletionService,
  fingerprintOf,
  onceKeyOf,
  onceKeyUsed,
  parseJsonBody,
  parseRequest,
  type Exchange,
} from '@relay/pipeline';
import { isJsonObject, type JsonObject } from '@relay/protocols';
import {
  BackgroundResponses,
  readAsk,
  ResponseFollower,
  responseIdOf,
  ResponseKeeper,
  Responses,
  responseView,
  statusOfAnswer,
  upstreamBody,
  type OrderOnce,
  type ResponseAsk,
} from '@relay/responses';
import { keptHeaders } from '../kept-headers';
import { KeptStream } from './kept-stream';
import { keptUnavailable } from './kept-unavailable';
import { KeepingReply, type Keep } from './keeping-reply';

/** A request with what it asks of the relay itself, and what it goes on from. */
interface Asked {
  readonly exchange: Exchange;
  readonly ask: ResponseAsk;
  /** The body; its input without references to what is kept. */
  readonly asked: JsonObject;
  /** The body for upstreams, which keep nothing. */
  readonly body: Buffer;
}

type Placed = ReturnType<BackgroundResponses['order']>;

/**
 * `POST /v1/responses`: the relay keeps the state, so that it is the same with every provider. The pipeline gets the whole conversation
 * as one request, and whoever asked gets an answer that can be gone on from.
 */
@Injectable()
export class ResponseDoor {
  constructor(
    private readonly completions: CompletionService,
    private readonly responses: Responses,
    private readonly background: BackgroundResponses,
    private readonly keeper: ResponseKeeper,
    private readonly stream: KeptStream,
    private readonly follower: ResponseFollower,
    private readonly config: ConfigStore,
  ) {}

  /** Never rejects. */
  async create(exchange: Exchange): Promise<void> {
    const parsed = parseJsonBody(exchange.body, 'a JSON object');
    // Who reads the whole request says what is wrong with it.
    if (!parsed.ok || !isJsonObject(parsed.value)) return this.completions.complete(exchange);
    const body = parsed.value;
    const ask = readAsk(body, this.config.current.responses.store);
    if (!ask.ok) return this.completions.refuseCounted(exchange, ask.error);
    try {
      if (ask.value.background) return await this.order(exchange, body, ask.value);
      const asked = await this.expand(exchange, body, ask.value).catch(failed);
      if (asked.ok) await this.answer(asked.value);
      else await this.completions.refuseCounted(exchange, asked.error);
    } catch (error) {
      this.completions.refuse(exchange, keptUnavailable(error));
    }
  }

  private async expand(exchange: Exchange, body: JsonObject, ask: ResponseAsk): Promise<Result<Asked, RelayError>> {
    const { input } = body;
    const expanded = await this.responses.expand(exchange.principal.tenant.id, ask.previousId, input);
    if (!expanded.ok) return expanded;
    const { items = null, own = null } = expanded.value ?? {};
    const asked = own === null ? body : { ...body, input: own };
    return { ok: true, value: { exchange, ask, asked, body: upstreamBody(exchange.body, items) } };
  }

  private async answer({ exchange, ask, asked, body }: Asked): Promise<void> {
    const { store, previousId } = ask;
    const isPlain = !store && previousId === null;
    if (isPlain) return this.completions.complete({ ...exchange, body });
    const id = responseIdOf(exchange.traceId);
    const echo = { ...(store && { id }), store, background: false, previous_response_id: previousId };
    const { tenant, keyId } = exchange.principal;
    const keep: Keep = (answer) =>
      this.keeper.keep({
        ...{ tenantId: tenant.id, id, keyId, previousId, asked, answer },
        status: statusOfAnswer(answer['status']),
      });
    const reply = new KeepingReply(exchange.reply, echo, store ? keep : null);
    await this.completions.complete({ ...exchange, body, reply });
  }

  /** What was ordered with the same Idempotency-Key is told again, and not ordered. */
  private async order(exchange: Exchange, body: JsonObject, ask: ResponseAsk): Promise<void> {
    const limited = await this.completions.admits(exchange);
    if (limited) return this.completions.refuse(exchange, limited);
    const key = onceKeyOf(exchange.headers);
    if (!key.ok) return this.completions.refuse(exchange, key.error);
    const once = key.value === null ? null : { key: key.value, print: fingerprintOf(exchange) };
    const before = await this.background.orderedBefore(exchange.principal, once);
    if (before) return this.tell(exchange, ask, () => Promise.resolve(before));
    const asked = await this.expand(exchange, body, ask);
    if (!asked.ok) return this.completions.refuse(exchange, asked.error);
    const parsed = parseRequest(exchange.operation, asked.value.body);
    if (!parsed.ok) return this.completions.refuse(exchange, parsed.error);
    await this.tell(exchange, ask, () => this.place(asked.value, once));
  }

  /** Nothing is ordered for who cannot be told of it: what is ordered will be paid for. */
  private async tell(exchange: Exchange, { stream }: ResponseAsk, place: () => Placed): Promise<void> {
    const tell = async (): Promise<void> => {
      const placed = await place();
      if (!placed.ok)
        this.completions.refuse(exchange, placed.error === 'used-for-another' ? onceKeyUsed() : placed.error);
      else if (stream) await this.stream.sendOrdered(exchange, placed.value);
      else this.completions.answer(exchange, responseView(placed.value));
    };
    if (!stream) return tell();
    const seated = await this.follower.seated(exchange.principal.tenant.id, tell);
    if (!seated.ok) this.completions.refuse(exchange, seated.error);
  }

  private place({ exchange, ask, asked }: Asked, once: OrderOnce | null): Placed {
    const { principal, traceId, headers } = exchange;
    const { previousId } = ask;
    return this.background.order({ principal, traceId, previousId, asked, headers: keptHeaders(headers), once });
  }
}

const failed = (cause: unknown): Result<never, RelayError> => err(keptUnavailable(cause));
