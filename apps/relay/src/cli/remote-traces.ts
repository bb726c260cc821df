import { type TraceDetail, traceDetailSchema, tracePageSchema, type TraceRow } from '@relay/contracts';
import type { Query } from './remote-cache';
import { RelayClient, type RemoteOptions } from './relay-client';

const TRACES = '/api/traces';
const PAGE = 200; // traces a call

/** The traces of a running relay. */
export class RemoteTraces {
  private constructor(private readonly client: RelayClient) {}

  static async connect(options: RemoteOptions): Promise<RemoteTraces> {
    return new RemoteTraces(await RelayClient.connect(options));
  }

  /** At most `limit`. */
  async list(query: Query, limit: number): Promise<TraceRow[]> {
    const found: TraceRow[] = [];
    let cursor: string | undefined;
    do {
      const size = String(Math.min(PAGE, limit - found.length));
      const page = await this.client.get(`${TRACES}${textOf({ ...query, limit: size, cursor })}`, tracePageSchema);
      found.push(...page.data);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && found.length < limit);
    return found;
  }

  show(id: string): Promise<TraceDetail> {
    return this.client.get(`${TRACES}/${encodeURIComponent(id)}`, traceDetailSchema);
  }

  export(query: Query): Promise<ReadableStream<Uint8Array>> {
    return this.client.stream(`${TRACES}/export${textOf(query)}`, {});
  }

  /** Server-sent events; `lastEventId`: where to go on. */
  tail(query: Query, lastEventId: string | undefined): Promise<ReadableStream<Uint8Array>> {
    return this.client.stream(`${TRACES}/tail${textOf(query)}`, {
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    });
  }
}

function textOf(query: Query): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}
