import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { finishedRequest, type FinishedRequest } from '../domain/finished-request';
import type { TraceRecord } from '../domain/trace-record';

/** Requests that are remembered: feedback may come before their rows are in the database. About 200 bytes each. */
const MAX_REQUESTS = 20_000;

/** The last requests of this process that a model answered, by trace id. */
@Injectable()
export class FinishedRequests {
  private readonly requests = new LRUCache<string, FinishedRequest>({ max: MAX_REQUESTS });

  note(record: TraceRecord): void {
    const request = record.servedModel === null ? null : finishedRequest(record);
    if (request) this.requests.set(record.id, request);
  }

  find(traceId: string): FinishedRequest | undefined {
    return this.requests.peek(traceId);
  }
}
