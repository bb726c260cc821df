import type { ProviderConfig } from '@relay/config';
import { kindOf } from '@relay/config';
import type { CancelSignal, Clock } from '@relay/core';
import { isJsonObject, parseObject, type JsonObject } from '@relay/protocols';
import { errorMessage } from '../domain/upstream-failure';
import { quote } from '../domain/redact';
import { secretsOf, UpstreamHeaders } from '../adapters/http/upstream-headers';
import { UpstreamPool } from '../adapters/http/upstream-pool';
import { BatchApiRefusal } from './batch-api.port';

/** A reply that is read as a whole may have so many bytes: lists of a hundred batches have a tenth of that. */
const MAX_REPLY_BYTES = 4_194_304;
/** Batches are asked for a few times a minute. */
const CONNECTIONS = { concurrency: 1 };

const NOT_FOUND = 404;

/** A call may take so long with all of its reply, ms. */
const CALL_MS = 15_000;
/** The same where 16 MiB go up, or 10,000 answers come down. */
export const TRANSFER_MS = 300_000;
/** A reply that has begun says something as often, ms. */
const IDLE_MS = 30_000;

interface Sent {
  readonly body?: Buffer;
  readonly contentType?: string;
  readonly signal?: CancelSignal;
  readonly limitMs?: number;
}

type Method = 'GET' | 'POST' | 'DELETE';

/** Calls of a provider's batch API, with the provider's own key, proxy and certificates. Its time-outs are those of calls, and do not hold here. */
export class BatchHttp {
  private readonly connections: UpstreamPool;
  private readonly headers: UpstreamHeaders;
  private readonly base: string;
  private readonly search: string;
  private readonly secrets: readonly string[];

  constructor(
    private readonly provider: ProviderConfig,
    baseUrl: string,
    private readonly clock: Clock,
    defaultHeaders: Readonly<Record<string, string>> = {},
  ) {
    const { origin, pathname, search } = new URL(baseUrl);
    this.base = pathname.replace(/\/+$/, '');
    this.search = search;
    this.headers = new UpstreamHeaders(provider, kindOf(provider.kind), defaultHeaders);
    this.secrets = secretsOf(provider);
    this.connections = new UpstreamPool(origin, { ...provider, limits: { ...provider.limits, ...CONNECTIONS } }, clock);
  }

  /** The reply as JSON. `path` is below the base URL. */
  async json(method: Method, path: string, sent: Sent = {}): Promise<JsonObject> {
    const parts: Buffer[] = [];
    let bytes = 0;
    for await (const part of this.stream(method, path, sent)) {
      bytes += part.length;
      if (bytes > MAX_REPLY_BYTES)
        throw new Error(`provider ${this.provider.id} sent more than ${MAX_REPLY_BYTES} bytes`);
      parts.push(part);
    }
    const reply = parseObject(Buffer.concat(parts).toString('utf8'));
    if (!isJsonObject(reply)) throw new Error(`provider ${this.provider.id} sent something else than a JSON object`);
    return reply;
  }

  /** Where nothing that is said beside the status matters. False: there is nothing of that name. */
  async send(method: Method, path: string, sent: Sent = {}): Promise<boolean> {
    try {
      for await (const _part of this.stream(method, path, sent)); // to its end, so that the connection can be used again
      return true;
    } catch (error) {
      if (error instanceof BatchApiRefusal && error.status === NOT_FOUND) return false;
      throw error;
    }
  }

  /** The reply as JSON; null: there is nothing of that name. */
  async find(path: string, sent: Sent = {}): Promise<JsonObject | null> {
    try {
      return await this.json('GET', path, sent);
    } catch (error) {
      if (error instanceof BatchApiRefusal && error.status === NOT_FOUND) return null;
      throw error;
    }
  }

  /** The body of the reply as it comes. */
  async *stream(method: Method, path: string, sent: Sent = {}): AsyncGenerator<Buffer> {
    const { body, contentType, signal, limitMs = CALL_MS } = sent;
    const query = this.search === '' ? '' : `${path.includes('?') ? '&' : '?'}${this.search.slice(1)}`;
    const end = new AbortController();
    const breakOff = (): void => end.abort(new Error(`the call of provider ${this.provider.id} was broken off`));
    if (signal?.aborted) breakOff();
    signal?.addEventListener('abort', breakOff, { once: true });
    const inTime = this.clock.after(limitMs, () =>
      end.abort(new Error(`provider ${this.provider.id} took more than ${limitMs / 1_000} s`)),
    );
    try {
      const reply = await this.connections.pool.request({
        ...{ method, path: `${this.base}${path}${query}`, headers: this.headersFor(body, contentType) },
        ...{ signal: end.signal, headersTimeout: limitMs, bodyTimeout: Math.min(IDLE_MS, limitMs) },
        ...(body && { body }),
      });
      if (reply.statusCode < 200 || reply.statusCode > 299)
        throw new BatchApiRefusal(this.provider.id, reply.statusCode, this.said(await firstOf(reply.body)));
      for await (const part of reply.body) yield part as Buffer;
    } finally {
      inTime();
      signal?.removeEventListener('abort', breakOff);
    }
  }

  close(): Promise<void> {
    return this.connections.close();
  }

  private headersFor(body: Buffer | undefined, contentType: string | undefined): string[] {
    const headers = this.headers.forCall({ stream: false, requestId: 'batches' });
    const at = headers.indexOf('content-type');
    if (body === undefined) headers.splice(at, 2);
    else if (contentType !== undefined) headers[at + 1] = contentType;
    return headers;
  }

  /** What is wrong with the key is not quoted: the words may name it. */
  private said(body: Buffer): string {
    return quote(errorMessage(parseObject(body.toString('utf8'))), this.secrets);
  }
}

const MAX_REFUSAL_BYTES = 65_536;

async function firstOf(body: AsyncIterable<unknown>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of body) {
    parts.push(part as Buffer);
    bytes += (part as Buffer).length;
    if (bytes >= MAX_REFUSAL_BYTES) break;
  }
  return Buffer.concat(parts).subarray(0, MAX_REFUSAL_BYTES);
}
