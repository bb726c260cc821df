import { type TraceDetail, traceDetailSchema, tracePageSchema, type TraceRow } from '@relay/contracts';
import { type Query, queryText } from './query-text';
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
      const page = await this.client.get(`${TRACES}${queryText({ ...query, limit: size, cursor })}`, tracePageSchema);
      found.push(...page.data);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && found.length < limit);
    return found;
  }

  show(id: string): Promise<TraceDetail> {
    return this.client.get(`${TRACES}/${encodeURIComponent(id)}`, traceDetailSchema);
  }

  export(query: Query): Promise<ReadableStream<Uint8Array>> {
    return this.client.stream(`${TRACES}/export${queryText(query)}`, {});
  }

  /** Server-sent events; `lastEventId`: where to go on. */
  tail(query: Query, lastEventId: string | undefined): Promise<ReadableStream<Uint8Array>> {
    return this.client.stream(`${TRACES}/tail${queryText(query)}`, {
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    });
  }
}
