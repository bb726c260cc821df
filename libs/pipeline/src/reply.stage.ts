import { Injectable } from '@nestjs/common';
import type { CachedAnswer, KeptReply } from '@relay/cache';
import { ERROR_CODES, HEADERS, OPERATION_SHAPES, type ErrorCode, type TraceStatus } from '@relay/contracts';
import { RelayError, toRelayError, type CancelSignal } from '@relay/core';
import { openaiErrorBody, openaiErrorFrames, protocolOf } from '@relay/protocols';
import type { Passthrough } from '@relay/providers';
import { type RecordOptions, TraceRecorder, type TracePayload } from '@relay/trace';
import { Doorkeeper } from './door/doorkeeper';
import type { DoorExchange, Exchange, Reply } from './exchange';
import { keepsPayload } from './keeps-payload';
import { explainInBody } from './explain-in-body';
import { formInWords } from './operations/parse-form';
import { withoutPictures } from './operations/without-pictures';
import { jsonHeaders, relayHeaders, sseHeaders } from './reply-headers';
import type { RequestTrace } from './request-trace';
import { sendAllButLast, type KeptBytes } from './send-bytes';
import { traceStatusOf } from './trace-status';

/**
 * Ends requests: records the trace, then sends the last byte of the reply, in this order, so that no client has a complete
 * answer whose trace could still be lost. A request that was ended stays ended.
 */
@Injectable()
export class ReplyStage {
  constructor(
    private readonly recorder: TraceRecorder,
    private readonly door: Doorkeeper,
  ) {}

  /** A whole answer as it came: JSON, or a text. */
  whole(exchange: Exchange, trace: RequestTrace, status: number, answer: Buffer, contentType?: string): void {
    const body = isJsonType(contentType) ? explainInBody(exchange, trace, answer) : answer;
    const headers = jsonHeaders(relayHeaders(exchange, trace), body, contentType);
    this.record(trace, 'ok', status, null, payloadOf(exchange, trace, answer), leavesLater(exchange));
    exchange.reply.send(status, headers, body);
  }

  /** A whole stream that was not produced just now. */
  replay(exchange: Exchange, trace: RequestTrace, frames: Buffer, answer: Buffer): void {
    const headers = sseHeaders(relayHeaders(exchange, trace));
    this.record(trace, 'ok', 200, null, payloadOf(exchange, trace, answer), leavesLater(exchange));
    exchange.reply.send(200, headers, frames);
  }

  /** The reply of an earlier request, byte for byte, to the client itself. */
  again(reply: Reply, exchange: Exchange, trace: RequestTrace, kept: KeptReply): void {
    const { status, contentType, body } = kept;
    trace.cacheSource = kept.traceId;
    trace.servedModel = kept.model;
    trace.provider = kept.provider;
    trace.costUsd = '0';
    const headers = [...relayHeaders(exchange, trace), HEADERS.idempotentReplayed, 'true'];
    this.record(trace, 'ok', status, null, null);
    reply.send(status, jsonHeaders(headers, body, contentType), body);
  }

  /** The last frames of a stream. `answer` is the assembled completion, where somebody assembled it. */
  endStream(exchange: Exchange, trace: RequestTrace, tail: Buffer, answer: Buffer | undefined): void {
    this.record(trace, 'ok', 200, null, answer ? payloadOf(exchange, trace, answer) : null);
    exchange.reply.end(tail);
  }

  /** A JSON value of our own that needed no plan and no upstream. */
  value(exchange: DoorExchange, trace: RequestTrace, value: object): void {
    const body = Buffer.from(JSON.stringify(value));
    this.record(trace, 'ok', 200, null, null);
    exchange.reply.send(200, jsonHeaders(relayHeaders(exchange, trace), body), body);
  }

  /** The same of what a provider would have to be asked to know for sure. */
  estimate(exchange: DoorExchange, trace: RequestTrace, value: object): void {
    const body = Buffer.from(JSON.stringify(value));
    const headers = [...relayHeaders(exchange, trace), HEADERS.estimated, '1'];
    this.record(trace, 'ok', 200, null, null);
    exchange.reply.send(200, jsonHeaders(headers, body), body);
  }

  /** Bytes that are kept here, as fast as the client takes them. Never rejects. */
  async bytes(exchange: DoorExchange, trace: RequestTrace, content: KeptBytes, gone: CancelSignal): Promise<void> {
    const headers = [...relayHeaders(exchange, trace), 'content-type', content.type];
    if (content.bytes === null) headers.push('cache-control', 'no-cache', 'x-accel-buffering', 'no');
    else headers.push('content-length', String(content.bytes));
    exchange.reply.startStream(headers);
    try {
      const tail = await sendAllButLast(exchange.reply, content.chunks, gone);
      this.record(trace, 'ok', 200, null, null);
      exchange.reply.end(tail);
    } catch (thrown) {
      const error = toRelayError(thrown);
      this.record(trace, traceStatusOf(error.code), error.status, error, null);
      exchange.reply.abandon(); // that it broke off shows in content-length, or in the chunks
    }
  }

  /** What the upstream refused the request with, as it came. */
  passthrough(exchange: Exchange, trace: RequestTrace, refusal: Passthrough, error: RelayError): void {
    const headers = jsonHeaders(relayHeaders(exchange, trace), refusal.body, refusal.contentType);
    this.record(trace, 'error', refusal.status, error, null);
    exchange.reply.send(refusal.status, headers, refusal.body);
  }

  /** A refusal that was kept: the upstream would say the same again. */
  refusal(exchange: Exchange, trace: RequestTrace, { status, body, errorCode, provider }: CachedAnswer): void {
    const code = errorCode !== null && errorCode in ERROR_CODES ? (errorCode as ErrorCode) : 'invalid_request';
    const error = new RelayError(code, `Provider ${provider} refused the same request a moment ago with ${status}.`);
    this.passthrough(exchange, trace, { status, contentType: 'application/json', body }, error);
  }

  /** An error in OpenAI's shape; as an event where the stream has begun. A request that was recorded already is only let go. */
  error(exchange: DoorExchange, trace: RequestTrace, error: RelayError): void {
    if (trace.isRecorded) return exchange.reply.abandon();
    this.record(trace, traceStatusOf(error.code), error.status, error, null);
    // A recording has no place for words: that it is not whole shows in that its connection breaks.
    if (exchange.reply.started && trace.bytesType !== null) return exchange.reply.abandon();
    const protocol = exchange.operation === null ? null : protocolOf(exchange.operation);
    // The blank line ends a frame that was cut off in the middle; elsewhere it means nothing.
    if (exchange.reply.started) {
      return exchange.reply.end(Buffer.from(`\n\n${(protocol?.errorFrames ?? openaiErrorFrames)(error)}`));
    }
    const headers = relayHeaders(exchange, trace);
    if (error.retryAfterSeconds !== undefined) headers.push('retry-after', String(Math.ceil(error.retryAfterSeconds)));
    const body = Buffer.from(JSON.stringify((protocol?.errorBody ?? openaiErrorBody)(error)));
    exchange.reply.send(error.status, jsonHeaders(headers, body), body);
  }

  private record(
    trace: RequestTrace,
    status: TraceStatus,
    httpStatus: number,
    error: RelayError | null,
    payload: TracePayload | null,
    options?: RecordOptions,
  ): void {
    const record = trace.toRecord(status, httpStatus, error?.code ?? null, error?.message ?? null);
    this.recorder.record(record, trace.document, payload, options);
    const isRefusedLate = error?.code === 'overloaded' && trace.document !== null && trace.cameThroughDoor;
    if (isRefusedLate && record.keyId !== null) this.door.refused(record.keyId, error.retryAfterSeconds ?? 1);
  }
}

const WHEN_TOLD: RecordOptions = { whenTold: true };

/** A whole reply over a client's own connection leaves at the end of the turn; where it may have to be given again it is told others before. */
const leavesLater = ({ fromDoor, tee }: Exchange): RecordOptions | undefined =>
  fromDoor === true && tee === undefined ? WHEN_TOLD : undefined;

/** What was said, if the plan wants it kept and the tenant does not forbid it. */
function payloadOf(exchange: Exchange, trace: RequestTrace, answer: Buffer): TracePayload | null {
  if (trace.document === null || !keepsPayload(trace.document.plan, exchange.principal)) return null;
  return { request: requestText(exchange), response: responseText(exchange, answer) };
}

function requestText({ operation, body, headers }: Exchange): string {
  return OPERATION_SHAPES[operation].body === 'form'
    ? formInWords(body, headers['content-type'] ?? '')
    : body.toString('utf8');
}

function responseText({ operation }: Exchange, answer: Buffer): string {
  return operation.startsWith('images.') ? withoutPictures(answer) : answer.toString('utf8');
}

const isJsonType = (contentType = ''): boolean => contentType === '' || contentType.toLowerCase().includes('json');
