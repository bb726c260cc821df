import { Injectable } from '@nestjs/common';
import { finishedRequest } from '../domain/finished-request';
import type { FinishedRequest, TraceRecord } from '../domain/trace-record';

/** Requests that are remembered at least, twice as many at most: feedback may come before their rows are in the database. About 200 bytes each. */
const MAX_REQUESTS = 10_000;

/**
 * The last requests of this process that a model answered, by trace id. Two maps in turn, of which the older is given up when the newer
 * is full: an LRU list takes half as long again, for an order that nobody needs.
 */
@Injectable()
export class FinishedRequests {
  private newer = new Map<string, FinishedRequest>();
  private older: ReadonlyMap<string, FinishedRequest> = new Map();

  note(record: TraceRecord): void {
    const request = record.servedModel === null ? null : finishedRequest(record);
    if (request === null) return;
    if (this.newer.size >= MAX_REQUESTS) {
      this.older = this.newer;
      this.newer = new Map();
    }
    this.newer.set(record.id, request);
  }

  find(traceId: string): FinishedRequest | undefined {
    return this.newer.get(traceId) ?? this.older.get(traceId);
  }
}
