import type { ProviderConfig } from '@relay/config';
import { kindOf } from '@relay/config';
import type { Clock } from '@relay/core';
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

interface Sent {
  readonly body?: Buffer;
  readonly contentType?: string;
}

type Method = 'GET' | 'POST' | 'DELETE';

/** Calls of a provider's batch API, with the provider's own key, proxy, certificates and time-outs. */
export class BatchHttp {
  private readonly connections: UpstreamPool;
  private readonly headers: UpstreamHeaders;
  private readonly base: string;
  private readonly search: string;
  private readonly secrets: readonly string[];

  constructor(
    private readonly provider: ProviderConfig,
    baseUrl: string,
    clock: Clock,
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
  async send(method: Method, path: string): Promise<boolean> {
    try {
      for await (const _part of this.stream(method, path)); // to its end, so that the connection can be used again
      return true;
    } catch (error) {
      if (error instanceof BatchApiRefusal && error.status === NOT_FOUND) return false;
      throw error;
    }
  }

  /** The reply as JSON; null: there is nothing of that name. */
  async find(path: string): Promise<JsonObject | null> {
    try {
      return await this.json('GET', path);
    } catch (error) {
      if (error instanceof BatchApiRefusal && error.status === NOT_FOUND) return null;
      throw error;
    }
  }

  /** The body of the reply as it comes. */
  async *stream(method: Method, path: string, { body, contentType }: Sent = {}): AsyncGenerator<Buffer> {
    const query = this.search === '' ? '' : `${path.includes('?') ? '&' : '?'}${this.search.slice(1)}`;
    const reply = await this.connections.pool.request({
      ...{ method, path: `${this.base}${path}${query}`, headers: this.headersFor(body, contentType) },
      ...(body && { body }),
    });
    if (reply.statusCode >= 200 && reply.statusCode <= 299) {
      for await (const part of reply.body) yield part as Buffer;
      return;
    }
    throw new BatchApiRefusal(this.provider.id, reply.statusCode, this.said(await firstOf(reply.body)));
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
