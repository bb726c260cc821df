import { kindOf, operationsOf, PROVIDER_KINDS, type ProviderConfig } from '@relay/config';
import type { Operation } from '@relay/contracts';
import type { CancelSignal, Clock, RelayError, Result } from '@relay/core';
import type { JsonObject } from '@relay/protocols';
import { DEFAULT_HEADERS } from '../adapters/anthropic/anthropic.adapter';
import { secretsOf } from '../adapters/http/upstream-headers';
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
import { oneLine, overOrThrow, textOf, valueAt } from './batch-lines';

const BATCHES = '/messages/batches';
const OK = 200;
/** Errors of a line that are its own fault; all others are the provider's, and another call may do better. */
const OWN_FAULTS: Readonly<Record<string, number>> = { invalid_request_error: 400, request_too_large: 413 };
const THEIR_FAULT = 500;

/** platform.claude.com/docs/en/api/messages/batches: requests in one body, results as lines. A batch has no name of the relay's there. */
export class AnthropicBatchApi implements BatchApi {
  readonly protocol = 'anthropic';
  readonly finds = false; // nothing that is told of a batch says whose it is
  readonly operations: ReadonlySet<Operation>;
  private readonly http: BatchHttp;

  constructor(
    private readonly provider: ProviderConfig,
    clock: Clock,
  ) {
    this.operations = operationsOf(provider).has('messages') ? new Set(['messages']) : new Set();
    const baseUrl = provider.baseUrl ?? PROVIDER_KINDS.anthropic.baseUrl;
    this.http = new BatchHttp(provider, baseUrl, clock, DEFAULT_HEADERS);
  }

  lineBody(request: UpstreamRequest): Result<Buffer, RelayError> {
    return upstreamBody(request, kindOf(this.provider.kind));
  }

  /** All goes with the order. */
  upload(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  async submit({ lines }: Bundle): Promise<ProviderBatchRef> {
    const requests = lines.map(({ id, body }) => [`{"custom_id":${JSON.stringify(id)},"params":`, oneLine(body), '}']);
    const parts = requests.flatMap((request, at) => [at === 0 ? '{"requests":[' : ',', ...request]);
    const body = Buffer.concat([...parts, ']}'].map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
    return refOf(await this.http.json('POST', BATCHES, { body, limitMs: TRANSFER_MS }));
  }

  find(): Promise<null> {
    return Promise.resolve(null);
  }

  async poll({ id }: ProviderBatchRef, signal: CancelSignal): Promise<ProviderBatchState> {
    const batch = await this.http.find(pathOf(id), { signal });
    if (batch === null) return { kind: 'lost' };
    const isOver = batch['processing_status'] === 'ended';
    return isOver ? { kind: 'ended', how: 'ended', batch: refOf(batch) } : { kind: 'running' };
  }

  results({ id }: ProviderBatchRef, signal: CancelSignal): AsyncGenerator<Buffer> {
    return this.http.stream('GET', `${pathOf(id)}/results`, { signal, limitMs: TRANSFER_MS });
  }

  readResult(line: Buffer): HandedResult | null {
    const id = textOf(valueAt(line, 'custom_id'));
    const result = valueAt(line, 'result');
    const type = textOf(valueAt(result, 'type'));
    if (id === null) return null;
    if (type === 'succeeded') return resultOf(id, OK, valueAt(result, 'message'));
    const error = valueAt(result, 'error');
    return type === 'errored' ? resultOf(id, statusOf(textOf(valueAt(error, 'error', 'type'))), error) : null;
  }

  outcome(operation: Operation, result: Pick<HandedResult, 'status' | 'body'>): UpstreamOutcome {
    return batchOutcome(operation, result, { providerId: this.provider.id, secrets: secretsOf(this.provider) });
  }

  async cancel({ id }: ProviderBatchRef, signal: CancelSignal): Promise<void> {
    await this.http.send('POST', `${pathOf(id)}/cancel`, { signal }).catch(overOrThrow);
  }

  async forget({ id }: KeptThere, signal: CancelSignal): Promise<void> {
    if (id !== null) await this.http.send('DELETE', pathOf(id), { signal });
  }

  close(): Promise<void> {
    return this.http.close();
  }
}

const pathOf = (id: string): string => `${BATCHES}/${encodeURIComponent(id)}`;

function refOf({ id }: JsonObject): ProviderBatchRef {
  if (typeof id !== 'string' || id === '') throw new Error('the provider named no id');
  return { id, files: [] };
}

const resultOf = (id: string, status: number, body: Buffer | null): HandedResult | null => body && { id, status, body };

/** An error is Anthropic's whole error body: `{ type: "error", error: { type, message } }`. */
const statusOf = (type: string | null): number => OWN_FAULTS[type ?? ''] ?? THEIR_FAULT;
