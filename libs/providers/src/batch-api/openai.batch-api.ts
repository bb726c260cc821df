import { randomUUID } from 'node:crypto';
import { kindOf, operationsOf, type ProviderConfig } from '@relay/config';
import { type Operation, OPERATION_SHAPES } from '@relay/contracts';
import type { CancelSignal, Clock, RelayError, Result } from '@relay/core';
import { isJsonObject, type JsonObject, jsonObjects } from '@relay/protocols';
import { secretsOf } from '../adapters/http/upstream-headers';
import { OPENAI_BASE_URL } from '../adapters/openai/openai.adapter';
import { upstreamBody } from '../adapters/request-body';
import type { UpstreamOutcome, UpstreamRequest } from '../ports/upstream-client.port';
import {
  type BatchApi,
  type Bundle,
  type HandedResult,
  type KeptThere,
  type ProviderBatchRef,
  type ProviderBatchState,
} from './batch-api.port';
import { BatchHttp, TRANSFER_MS } from './batch-http';
import { batchOutcome } from './batch-outcome';
import { numberOf, oneLine, overOrThrow, textOf, valueAt } from './batch-lines';

/** platform.openai.com/docs/guides/batch: what a batch may ask. */
const OPERATIONS: readonly Operation[] = ['chat', 'completions', 'embeddings', 'responses'];
const WINDOW = '24h';
/** The key of a batch's metadata under which its name stands. */
const NAME = 'llm_relay';
const ENDED: ReadonlySet<unknown> = new Set(['completed', 'failed', 'expired', 'cancelled']);
const PAGE = 100;
/** Pages of the list of batches that are looked through for one that may be there: the newest come first. */
const MAX_PAGES = 5;

/** Files of lines, and batches over them, as OpenAI has them, and Groq and Azure as OpenAI. */
export class OpenaiBatchApi implements BatchApi {
  readonly protocol = 'openai';
  readonly finds = true; // by its metadata
  readonly operations: ReadonlySet<Operation>;
  private readonly http: BatchHttp;

  constructor(
    private readonly provider: ProviderConfig,
    clock: Clock,
  ) {
    const own = operationsOf(provider);
    this.operations = new Set(OPERATIONS.filter((operation) => own.has(operation)));
    this.http = new BatchHttp(provider, provider.baseUrl ?? kindOf(provider.kind).baseUrl ?? OPENAI_BASE_URL, clock);
  }

  lineBody(request: UpstreamRequest): Result<Buffer, RelayError> {
    return upstreamBody(request, kindOf(this.provider.kind));
  }

  async upload({ ref, operation, lines }: Bundle, signal: CancelSignal): Promise<readonly string[]> {
    const form = fileForm(ref, urlOf(operation), lines);
    return [idOf(await this.http.json('POST', '/files', { ...form, signal, limitMs: TRANSFER_MS }))];
  }

  async submit({ ref, operation }: Bundle, files: readonly string[]): Promise<ProviderBatchRef> {
    const metadata = { [NAME]: ref };
    const order = { input_file_id: files[0], endpoint: urlOf(operation), completion_window: WINDOW, metadata };
    const body = Buffer.from(JSON.stringify(order));
    return { id: idOf(await this.http.json('POST', '/batches', { body, limitMs: ORDER_MS })), files };
  }

  async find(ref: string, signal: CancelSignal): Promise<ProviderBatchRef | null> {
    let after = '';
    for (let page = 0; page < MAX_PAGES; page++) {
      const { data, has_more: hasMore } = await this.http.json('GET', `/batches?limit=${PAGE}${after}`, { signal });
      const batches = Array.isArray(data) ? jsonObjects(data) : [];
      const found = batches.find(({ metadata }) => isJsonObject(metadata) && metadata[NAME] === ref);
      if (found) return { id: idOf(found), files: filesOf(found) };
      const last = batches.at(-1);
      if (hasMore !== true || !last) return null;
      after = `&after=${encodeURIComponent(idOf(last))}`;
    }
    return null;
  }

  async poll({ id, files }: ProviderBatchRef, signal: CancelSignal): Promise<ProviderBatchState> {
    const batch = await this.http.find(pathOf(id), { signal });
    if (batch === null) return { kind: 'lost' };
    if (!ENDED.has(batch['status'])) return { kind: 'running' };
    const all = [...new Set([...files, ...filesOf(batch)])];
    return { kind: 'ended', how: String(batch['status']), batch: { id, files: all } };
  }

  /** All of its files but the first, which is the input. */
  async *results({ files }: ProviderBatchRef, signal: CancelSignal): AsyncGenerator<Buffer> {
    for (const file of files.slice(1)) {
      yield* this.http.stream('GET', `/files/${encodeURIComponent(file)}/content`, { signal, limitMs: TRANSFER_MS });
      yield LINE_END; // the last line of a file may have none
    }
  }

  readResult(line: Buffer): HandedResult | null {
    const response = valueAt(line, 'response');
    const [id, status] = [textOf(valueAt(line, 'custom_id')), numberOf(valueAt(response, 'status_code'))];
    const body = valueAt(response, 'body');
    return id === null || status === null || body === null ? null : { id, status, body };
  }

  outcome(operation: Operation, result: Pick<HandedResult, 'status' | 'body'>): UpstreamOutcome {
    return batchOutcome(operation, result, { providerId: this.provider.id, secrets: secretsOf(this.provider) });
  }

  async cancel({ id }: ProviderBatchRef, signal: CancelSignal): Promise<void> {
    await this.http.send('POST', `${pathOf(id)}/cancel`, { signal }).catch(overOrThrow);
  }

  async forget({ files }: KeptThere, signal: CancelSignal): Promise<void> {
    for (const file of files) await this.http.send('DELETE', `/files/${encodeURIComponent(file)}`, { signal });
  }

  close(): Promise<void> {
    return this.http.close();
  }
}

/** An order is a few words, and its provider reads a file for it; ms. */
const ORDER_MS = 60_000;
const LINE_END = Buffer.from('\n');

const urlOf = (operation: Operation): string => `/v1/${OPERATION_SHAPES[operation].path}`;
const pathOf = (id: string): string => `/batches/${encodeURIComponent(id)}`;

function idOf({ id }: JsonObject): string {
  if (typeof id !== 'string' || id === '') throw new Error('the provider named no id');
  return id;
}

/** Input first. */
function filesOf({ input_file_id: input, output_file_id: output, error_file_id: error }: JsonObject): string[] {
  return [input, output, error].filter((file): file is string => typeof file === 'string' && file !== '');
}

/** The upload, as a form (RFC 7578). */
function fileForm(ref: string, url: string, lines: Bundle['lines']): { body: Buffer; contentType: string } {
  const boundary = `relay-${randomUUID()}`;
  const head =
    `--${boundary}\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nbatch\r\n` +
    `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${ref}.jsonl"\r\n` +
    'content-type: application/jsonl\r\n\r\n';
  const parts: Buffer[] = [Buffer.from(head)];
  for (const { id, body } of lines) {
    const start = JSON.stringify({ custom_id: id, method: 'POST', url }).slice(0, -1);
    parts.push(Buffer.from(`${start},"body":`), oneLine(body), Buffer.from('}\n'));
  }
  parts.push(Buffer.from(`\r\n--${boundary}--\r\n`));
  return { body: Buffer.concat(parts), contentType: `multipart/form-data; boundary=${boundary}` };
}
