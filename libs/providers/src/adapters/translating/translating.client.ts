import { GENERATIVE_OPERATIONS, type GenerativeOperation, isGenerative, type Operation } from '@relay/contracts';
import type { RelayError } from '@relay/core';
import {
  type ChatTranslation,
  type JsonObject,
  openaiErrorBody,
  parseObject,
  patchJson,
  protocolOf,
  type WireProtocol,
} from '@relay/protocols';
import { fault, finalFailure, type UpstreamFailure } from '../../domain/upstream-failure';
import type {
  UpstreamClient,
  UpstreamCompleted,
  UpstreamObserver,
  UpstreamOutcome,
  UpstreamRequest,
} from '../../ports/upstream-client.port';
import { failedBeforeStart } from '../failed-outcome';
import { TranslatedFrames } from './translated-frames';

/** A protocol that chat's answers can be told in. */
type Foreign = WireProtocol & { readonly fromChat: ChatTranslation };

/** A client as it is, or with a translator before it: whoever speaks chat can be asked in any protocol of generated text. */
export function inAllProtocols(client: UpstreamClient): UpstreamClient {
  const missing = GENERATIVE_OPERATIONS.filter((operation) => !client.operations.has(operation));
  return missing.length > 0 && client.operations.has('chat') ? new TranslatingClient(client, new Set(missing)) : client;
}

/** Asks in chat what is asked in a protocol that the provider does not speak, and tells its answers in that one. */
class TranslatingClient implements UpstreamClient {
  readonly providerId: string;
  readonly kind: UpstreamClient['kind'];
  readonly operations: ReadonlySet<Operation>;
  readonly warm: UpstreamClient['warm'];

  constructor(
    private readonly client: UpstreamClient,
    private readonly translated: ReadonlySet<GenerativeOperation>,
  ) {
    this.providerId = client.providerId;
    this.kind = client.kind;
    this.operations = new Set([...client.operations, ...translated]);
    if (client.warm) this.warm = client.warm.bind(client);
  }

  get rttMs(): number | null | undefined {
    return this.client.rttMs;
  }

  call(request: UpstreamRequest, observer: UpstreamObserver): Promise<UpstreamOutcome> {
    const { operation } = request;
    if (!isGenerative(operation) || !this.translated.has(operation)) return this.client.call(request, observer);
    const protocol = protocolOf(operation);
    if (!protocol?.fromChat) throw new Error(`${operation} cannot be translated from chat`);
    return this.translate(protocol as Foreign, request, observer);
  }

  /** What chat cannot say is no matter where the provider speaks the protocol itself. */
  refusal(operation: Operation, asked: JsonObject): RelayError | null {
    if (!isGenerative(operation) || !this.translated.has(operation)) return null;
    return protocolOf(operation)?.untranslatable?.(asked) ?? null;
  }

  close(): Promise<void> {
    return this.client.close();
  }

  private async translate(
    protocol: Foreign,
    request: UpstreamRequest,
    observer: UpstreamObserver,
  ): Promise<UpstreamOutcome> {
    const asked = parseObject((patchJson(request.body, request.patch) ?? request.body).toString('utf8')) ?? {};
    const refused = this.refusal(request.operation, asked);
    if (refused) return failedBeforeStart(finalFailure(refused));
    const chat = protocol.toChat(asked);
    if (!chat.ok) return failedBeforeStart(finalFailure(chat.error));
    const { stream } = request;
    const body = Buffer.from(JSON.stringify({ ...chat.value, stream: stream || undefined }));
    const frames = stream ? new TranslatedFrames(protocol.fromChat.stream(asked), observer, request.signal) : null;
    const signal = frames?.signal ?? request.signal;
    const inChat = { operation: 'chat', headers: undefined, body, patch: {}, clientWantsUsage: true, signal } as const;
    try {
      const outcome = await this.client.call({ ...request, ...inChat }, frames ?? observer);
      return outcome.kind === 'failed' ? refusedIn(protocol, outcome) : this.answered(protocol, asked, outcome, frames);
    } finally {
      frames?.close();
    }
  }

  private answered(
    protocol: Foreign,
    asked: JsonObject,
    outcome: UpstreamCompleted,
    frames: TranslatedFrames | null,
  ): UpstreamOutcome {
    if (frames) {
      const tail = frames.end(outcome.tail);
      return Buffer.isBuffer(tail) ? { ...outcome, tail } : failedAfter(outcome, finalFailure(tail), true);
    }
    const answer = parseObject(outcome.body.toString('utf8'));
    if (answer === null) {
      const failure = fault('upstream_error', `Provider ${this.providerId} ${NOT_UNDERSTOOD}.`);
      return failedAfter(outcome, failure, false);
    }
    try {
      const told = protocol.fromChat.answer(answer, asked);
      return { ...outcome, contentType: 'application/json', body: Buffer.from(JSON.stringify(told)) };
    } catch (cause) {
      return failedAfter(
        outcome,
        fault('upstream_error', `Provider ${this.providerId} ${NOT_UNDERSTOOD}.`, cause),
        false,
      );
    }
  }
}

const NOT_UNDERSTOOD = 'sent an answer that cannot be understood';

/** What came cannot be told, but it was generated, and is paid for. */
function failedAfter(outcome: UpstreamCompleted, failure: UpstreamFailure, started: boolean): UpstreamOutcome {
  const { status: upstreamStatus, usage, told = null } = outcome;
  return { kind: 'failed', ...failure, started, upstreamStatus, usage, told };
}

/** What the provider refused with is in OpenAI's shape. */
function refusedIn(protocol: Foreign, outcome: UpstreamOutcome & { kind: 'failed' }): UpstreamOutcome {
  const { passthrough, error } = outcome;
  if (passthrough === null || protocol.errorBody === openaiErrorBody) return outcome;
  const body = Buffer.from(JSON.stringify(protocol.errorBody(error)));
  return { ...outcome, passthrough: { ...passthrough, contentType: 'application/json', body } };
}
