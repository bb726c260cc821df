import { HEADERS, viaOf } from '@relay/contracts';

/** Headers that belong to the connection or are computed from the body: configuration may not set them. */
const FORBIDDEN = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/; // RFC 9110, 5.6.2
const CREDENTIALS = /^(?:Bearer|Basic)\s+(\S+)$/i; // an upstream may repeat them without the scheme
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** What is wrong with a configured header; null if it may be sent. */
export function headerProblem(name: string, value: string): string | null {
  if (!HEADER_NAME.test(name)) return 'a header name (letters, digits and "-")';
  if (FORBIDDEN.has(name.toLowerCase())) return 'a header that does not belong to the connection or the body';
  return HEADER_VALUE.test(value) ? null : 'a header value without line breaks or control characters';
}

export interface HeaderSource {
  readonly apiKey?: string | undefined;
  readonly apiKeys?: readonly { readonly value: string }[] | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A shorter value is no secret: taking it out wherever it occurs would spoil what the upstream says. In characters. */
const MIN_SECRET_CHARS = 6;

/** What the upstream may know and clients may not: the keys and every configured header, longest first as one may hold another. */
export function secretsOf({ apiKey, apiKeys = [], headers }: HeaderSource): string[] {
  const values = Object.values(headers ?? {});
  const credentials = values.flatMap((value) => CREDENTIALS.exec(value)?.[1] ?? []);
  const keys = [...(apiKey === undefined ? [] : [apiKey]), ...apiKeys.map(({ value }) => value)];
  return [...keys, ...values, ...credentials]
    .filter((value) => value.length >= MIN_SECRET_CHARS)
    .sort((a, b) => b.length - a.length);
}

/** How a kind of provider takes its key; default: as a bearer token. */
interface KeyHeader {
  readonly keyHeader?: string;
}

interface CallHeaders {
  readonly stream: boolean;
  readonly requestId: string;
  /** In place of the provider's own. */
  readonly apiKey?: string | undefined;
  readonly relaysBefore?: number;
  readonly traceContext?: Readonly<Record<string, string>> | null;
}

/** Header lists in undici's flat form, built once per provider; a call adds only its key and its request id. Nothing of the client's goes upstream. */
export class UpstreamHeaders {
  private readonly json: readonly string[];
  private readonly stream: readonly string[];
  /** Names, in lower case, of what the configuration says, which no client can replace. */
  readonly configured: ReadonlySet<string>;
  private readonly keyName: string | null; // null: a configured header stands in its place
  private readonly keyPrefix: string;
  private readonly ownKey: string | undefined;

  /** `defaults`: what is sent where neither the configuration nor the client says anything else; names in lower case. */
  constructor(source: HeaderSource, { keyHeader }: KeyHeader = {}, defaults: Readonly<Record<string, string>> = {}) {
    this.json = build(source, 'application/json', defaults);
    this.stream = build(source, 'text/event-stream', defaults);
    this.configured = new Set(Object.keys(source.headers ?? {}).map((each) => each.toLowerCase()));
    const name = keyHeader ?? 'authorization';
    this.keyName = this.configured.has(name) ? null : name;
    this.keyPrefix = keyHeader === undefined ? 'Bearer ' : '';
    this.ownKey = source.apiKey ?? source.apiKeys?.[0]?.value;
  }

  forCall({ stream, requestId, apiKey = this.ownKey, relaysBefore = 0, traceContext }: CallHeaders): string[] {
    const via = viaOf(relaysBefore + 1);
    const headers = [...(stream ? this.stream : this.json), HEADERS.requestId, requestId, 'via', via];
    if (apiKey !== undefined && this.keyName !== null) headers.push(this.keyName, this.keyPrefix + apiKey);
    for (const name in traceContext) if (!this.configured.has(name)) headers.push(name, traceContext[name] ?? '');
    return headers;
  }
}

function build(source: HeaderSource, accept: string, defaults: Readonly<Record<string, string>>): string[] {
  const headers = new Map([
    ['content-type', 'application/json'],
    ['accept', accept],
    ['accept-encoding', 'identity'], // bytes are looked at as they pass
    ['user-agent', 'llm-relay'],
    ...Object.entries(defaults),
  ]);
  for (const [name, value] of Object.entries(source.headers ?? {})) headers.set(name.toLowerCase(), value);
  headers.delete(HEADERS.requestId);
  headers.delete('via');
  return [...headers].flat();
}
