import { Injectable } from '@nestjs/common';
import { ConfigStore } from '@relay/config';
import { RelayError, type Result } from '@relay/core';
import { CompletionService, parseJsonBody, parseRequest, type Exchange } from '@relay/pipeline';
import { isJsonObject, type JsonObject } from '@relay/protocols';
import {
  BackgroundResponses,
  readAsk,
  ResponseFollower,
  responseIdOf,
  ResponseKeeper,
  Responses,
  statusOfAnswer,
  upstreamBody,
  type ResponseAsk,
  type StoredResponse,
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
    if (!ask.ok) return this.completions.refuse(exchange, ask.error);
    try {
      const asked = await this.expand(exchange, body, ask.value);
      if (!asked.ok) return this.completions.refuse(exchange, asked.error);
      if (ask.value.background) await this.order(asked.value);
      else await this.answer(asked.value);
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

  /** Nothing is ordered for who cannot be told of it: what is ordered will be paid for. */
  private async order(asked: Asked): Promise<void> {
    const { exchange, ask, body } = asked;
    const parsed = parseRequest(exchange.operation, body);
    if (!parsed.ok) return this.completions.refuse(exchange, parsed.error);
    if (!ask.stream) return this.place(asked, (queued) => this.completions.answer(exchange, queued.answer));
    const place = (): Promise<void> => this.place(asked, (queued) => this.stream.sendOrdered(exchange, queued));
    const seated = await this.follower.seated(exchange.principal.tenant.id, place);
    if (!seated.ok) this.completions.refuse(exchange, seated.error);
  }

  private async place(
    { exchange, ask, asked }: Asked,
    tell: (queued: StoredResponse) => void | Promise<void>,
  ): Promise<void> {
    const { principal, traceId, headers } = exchange;
    const { previousId } = ask;
    const kept = keptHeaders(headers);
    const ordered = await this.background.order({ principal, traceId, previousId, asked, headers: kept });
    if (!ordered.ok) return this.completions.refuse(exchange, ordered.error);
    const id = responseIdOf(traceId);
    await tell({ id, status: 'queued', background: true, previousId, asked, answer: ordered.value });
  }
}
