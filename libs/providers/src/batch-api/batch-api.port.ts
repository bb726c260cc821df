import type { ProviderConfig } from '@relay/config';
import type { Operation } from '@relay/contracts';
import type { CancelSignal, RelayError, Result } from '@relay/core';
import type { UpstreamOutcome, UpstreamRequest } from '../ports/upstream-client.port';

/** One line for the provider. `id` is the relay's own: letters, digits and dashes, at most 64; it says nothing of tenants. */
export interface HandedLine {
  readonly id: string;
  readonly body: Buffer; // as `lineBody` made it
}

/** Lines of one operation and one model that go together. */
export interface Bundle {
  /** The relay's own name of it, by which `find` finds it again. */
  readonly ref: string;
  readonly operation: Operation;
  readonly lines: readonly HandedLine[];
}

/** Where a bundle lies at the provider; stored as JSON. */
export interface ProviderBatchRef {
  readonly id: string;
  /** What the provider keeps for it, to be removed when it is over. */
  readonly files: readonly string[];
}

/** What a provider keeps: of a batch, or, `id` null, for one that came to nothing. */
export interface KeptThere {
  readonly id: string | null;
  readonly files: readonly string[];
}

/** Whose batches a provider speaks. */
export type BatchProtocol = Exclude<ProviderConfig['batchApi'], 'off'>;

/** `running`: ask again later. `ended`: what there is can be read, be it all or not. `lost`: the provider knows no such batch. */
export type ProviderBatchState =
  | { readonly kind: 'running' }
  | { readonly kind: 'ended'; readonly how: string; readonly batch: ProviderBatchRef }
  | { readonly kind: 'lost' };

/** What became of one line there. Null as the body: it was not answered. */
export interface HandedResult {
  readonly id: string;
  readonly status: number;
  readonly body: Buffer;
}

/**
 * A provider's own batches: many requests at once, answered within a day, for less. Every call may reject: with `BatchApiRefusal` where the
 * provider said no, else where it could not be reached, took too long, or made no sense. A signal breaks a call off.
 */
export interface BatchApi {
  readonly protocol: BatchProtocol;
  /** Whether it can tell that it has a batch by the relay's name of it. */
  readonly finds: boolean;
  /** What lines may ask. */
  readonly operations: ReadonlySet<Operation>;
  /** What a line says for a request; errors: it is no JSON object. */
  lineBody(request: UpstreamRequest): Result<Buffer, RelayError>;
  /** Gives the provider what it has to have before it can be told of the batch: the files, to be removed when it is over. */
  upload(bundle: Bundle, signal: CancelSignal): Promise<readonly string[]>;
  /** Tells the provider of the batch. Never broken off, as nobody would know whether it was heard; it takes minutes at most. */
  submit(bundle: Bundle, files: readonly string[]): Promise<ProviderBatchRef>;
  /** One that was submitted under this name, if the provider can tell; null: none, as far as is known. */
  find(ref: string, signal: CancelSignal): Promise<ProviderBatchRef | null>;
  poll(batch: ProviderBatchRef, signal: CancelSignal): Promise<ProviderBatchState>;
  /** Of one that ended: lines of text, in chunks of any size. */
  results(batch: ProviderBatchRef, signal: CancelSignal): AsyncIterable<Buffer>;
  /** Reads one of these lines; null: it says nothing of any line, or that it was not answered. */
  readResult(line: Buffer): HandedResult | null;
  /** What a result means for the request that was asked. */
  outcome(operation: Operation, result: Pick<HandedResult, 'status' | 'body'>): UpstreamOutcome;
  cancel(batch: ProviderBatchRef, signal: CancelSignal): Promise<void>;
  /** Removes what the provider keeps of one that is over. */
  forget(kept: KeptThere, signal: CancelSignal): Promise<void>;
  /** Ends its connections. */
  close(): Promise<void>;
}

/** The provider answered, and said no. */
export class BatchApiRefusal extends Error {
  constructor(
    provider: string,
    readonly status: number,
    said: string,
  ) {
    super(`provider ${provider} refused with ${status}${said === '' ? '' : `: ${said}`}`);
  }

  /** The same would be refused again. */
  get isFinal(): boolean {
    return this.status >= 400 && this.status <= 499 && !COME_AGAIN.has(this.status);
  }
}

/** Time-out, conflict with something that goes on, too early, too many. */
const COME_AGAIN: ReadonlySet<number> = new Set([408, 409, 425, 429]);

/** Overloaded, says Anthropic. */
const OVERLOADED = 529;
const UNAVAILABLE = 503;
const SERVER_FAULT = 500;
/** Nobody was there to be told. */
const NOT_CONNECTED: ReadonlySet<unknown> = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'],
]);

/** Whether a call that failed has certainly changed nothing at the provider. */
export function changedNothing(error: unknown): boolean {
  if (!(error instanceof BatchApiRefusal)) return NOT_CONNECTED.has((error as { code?: unknown } | null)?.code);
  return error.status < SERVER_FAULT || error.status === UNAVAILABLE || error.status === OVERLOADED;
}
