import type { Environment, OtlpConfig } from '@relay/config';

/** Where and how spans are sent. */
export interface TelemetrySettings {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly sampleRatio: number;
  readonly resource: Readonly<Record<string, string | number | boolean>>;
  readonly payloads: boolean;
  readonly propagate: boolean;
  readonly timeoutMs: number;
}

const PATH = '/v1/traces'; // opentelemetry.io/docs/specs/otlp/#otlphttp-request
const SERVICE_NAME = 'llm-relay';

type OtelEnvironment = Partial<Pick<Environment, Extract<keyof Environment, `OTEL_${string}`>>>;

/** What relay.yaml says, completed by OpenTelemetry's own variables; null: nothing is sent. */
export function telemetrySettings(otlp: OtlpConfig, environment: OtelEnvironment): TelemetrySettings | null {
  const url = urlOf(otlp, environment);
  if (url === null || isOff(environment)) return null;
  const { headers, sampleRatio, payloads, propagate, timeoutMs } = otlp;
  return { url, headers, sampleRatio, resource: resourceOf(otlp, environment), payloads, propagate, timeoutMs };
}

const isOff = ({ OTEL_SDK_DISABLED: disabled, OTEL_TRACES_EXPORTER: exporter }: OtelEnvironment): boolean =>
  disabled?.toLowerCase() === 'true' || exporter === 'none';

/** The endpoint of all signals has the path added; that of traces is taken as it is. */
function urlOf({ endpoint }: OtlpConfig, environment: OtelEnvironment): string | null {
  if (endpoint !== undefined) return withPath(endpoint);
  const { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: exact, OTEL_EXPORTER_OTLP_ENDPOINT: base } = environment;
  return exact ?? (base === undefined ? null : withPath(base));
}

function withPath(endpoint: string): string {
  const url = new URL(endpoint);
  const path = url.pathname.replace(/\/+$/, '');
  url.pathname = path.endsWith(PATH) ? path : `${path}${PATH}`;
  return url.toString();
}

function resourceOf({ resource }: OtlpConfig, environment: OtelEnvironment): TelemetrySettings['resource'] {
  const { OTEL_RESOURCE_ATTRIBUTES: attributes = '', OTEL_SERVICE_NAME: name } = environment;
  return {
    'service.name': SERVICE_NAME,
    ...parsePairs(attributes),
    ...(name === undefined ? {} : { 'service.name': name }),
    ...resource,
  };
}

/** `key=value,key=value`, percent-encoded (opentelemetry.io/docs/specs/otel/resource/sdk). What is malformed is left out. */
function parsePairs(text: string): Record<string, string> {
  const pairs = text.split(',').map((pair) => /^\s*([^=\s]+)\s*=(.*)$/.exec(pair));
  return Object.fromEntries(pairs.flatMap((match) => (match ? [[match[1] ?? '', decoded(match[2] ?? '')]] : [])));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return text.trim();
  }
}
