import { type RecordedRequest, ScriptedUpstream } from './scripted-upstream';
import { jsonReply, type UpstreamScript } from './upstream-script';

/** A span as the collector got it, its lists of attributes as objects. */
export interface CollectedSpan {
  readonly name: string;
  readonly kind: number; // 1 internal, 2 server, 3 client
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly traceState: string | undefined;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly status: { readonly code?: number; readonly message?: string };
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly string[];
  readonly resource: Readonly<Record<string, unknown>>;
}

/** An OpenTelemetry collector on a real socket, which takes OTLP/HTTP in JSON and answers as scripted; 200 if nothing is said. */
export class OtlpCollector {
  private constructor(private readonly server: ScriptedUpstream) {}

  static async start(): Promise<OtlpCollector> {
    return new OtlpCollector(await ScriptedUpstream.start(() => jsonReply({})));
  }

  get endpoint(): string {
    return this.server.origin;
  }
  get requests(): readonly RecordedRequest[] {
    return this.server.requests;
  }
  /** All spans so far. */
  get spans(): CollectedSpan[] {
    return this.server.requests.flatMap((request) => spansOf(request.json() as unknown as OtlpBody));
  }

  enqueue(...scripts: readonly UpstreamScript[]): void {
    this.server.enqueue(...scripts);
  }
  request(count = 1): Promise<RecordedRequest> {
    return this.server.request(count);
  }

  /** Spans once there are some for which `isEnough` holds. */
  async spansUntil(isEnough: (spans: readonly CollectedSpan[]) => boolean): Promise<CollectedSpan[]> {
    for (let count = 1; !isEnough(this.spans); count++) await this.server.request(count);
    return this.spans;
  }

  /** From now on the next connection is refused. */
  goAway(): Promise<void> {
    return this.server.refuseConnections();
  }
  comeBack(): Promise<void> {
    return this.server.acceptConnections();
  }
  close(): Promise<void> {
    return this.server.close();
  }
}

type OtlpValue = Readonly<Record<string, unknown>>;
type OtlpAttributes = readonly { readonly key: string; readonly value: OtlpValue }[];

interface OtlpSpan extends Pick<CollectedSpan, 'name' | 'kind' | 'traceId' | 'spanId' | 'parentSpanId' | 'traceState'> {
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: CollectedSpan['status'];
  readonly attributes: OtlpAttributes;
  readonly events: readonly { readonly name: string }[];
}

/** opentelemetry-proto, collector/trace/v1: ExportTraceServiceRequest. */
interface OtlpBody {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: OtlpAttributes };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

function spansOf({ resourceSpans }: OtlpBody): CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map((span) => collected(span, objectOf(resource.attributes)))),
  );
}

function collected(span: OtlpSpan, resource: CollectedSpan['resource']): CollectedSpan {
  const { name, kind, traceId, spanId, parentSpanId, traceState, status } = span;
  return {
    ...{ name, kind, traceId, spanId, parentSpanId, traceState, status, resource },
    startNs: BigInt(span.startTimeUnixNano),
    endNs: BigInt(span.endTimeUnixNano),
    attributes: objectOf(span.attributes),
    events: span.events.map((event) => event.name),
  };
}

const objectOf = (attributes: OtlpAttributes): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)]));

/** `{ intValue: "3" }` and the like as the value itself. */
function plain(value: OtlpValue): unknown {
  const [kind = '', content] = Object.entries(value)[0] ?? [];
  if (kind === 'arrayValue') return (content as { values?: readonly OtlpValue[] }).values?.map(plain) ?? [];
  return kind === 'intValue' ? Number(content) : content;
}
