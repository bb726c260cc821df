import { relayConfigSchema } from '@relay/config';
import { telemetrySettings } from './telemetry-settings';

const otlp = (input: object = {}) => relayConfigSchema.parse({ telemetry: { otlp: input } }).telemetry.otlp;

describe('where spans are sent', () => {
  it('is nowhere unless somebody says so', () => {
    expect(telemetrySettings(otlp(), {})).toBeNull();
  });

  it.each([
    ['http://collector:4318', 'http://collector:4318/v1/traces'],
    ['http://collector:4318/', 'http://collector:4318/v1/traces'],
    ['https://collector/otlp', 'https://collector/otlp/v1/traces'],
    ['https://collector/v1/traces', 'https://collector/v1/traces'],
  ])('is %s with the path of traces', (endpoint, url) => {
    expect(telemetrySettings(otlp({ endpoint }), {})?.url).toBe(url);
    expect(telemetrySettings(otlp(), { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })?.url).toBe(url);
  });

  it('is first what relay.yaml says, then the variable of traces, then that of all signals', () => {
    const environment = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://all:1',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://traces:1/as-it-is',
    };
    expect(telemetrySettings(otlp({ endpoint: 'http://file:1' }), environment)?.url).toBe('http://file:1/v1/traces');
    expect(telemetrySettings(otlp(), environment)?.url).toBe('http://traces:1/as-it-is');
  });

  it.each([{ OTEL_SDK_DISABLED: 'TRUE' }, { OTEL_TRACES_EXPORTER: 'none' }])('is nowhere with %p', (environment) => {
    expect(telemetrySettings(otlp({ endpoint: 'http://file:1' }), environment)).toBeNull();
  });

  it('names this relay by the file, the name, the list of the environment, in this order', () => {
    const environment = {
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=list,team=a%20b, broken ,zone = 1',
      OTEL_SERVICE_NAME: 'own',
    };
    const resource = (input: object, variables: object) =>
      telemetrySettings(otlp({ endpoint: 'http://c:1', resource: input }), variables)?.resource;
    expect(resource({}, {})).toEqual({ 'service.name': 'llm-relay' });
    expect(resource({}, environment)).toEqual({ 'service.name': 'own', team: 'a b', zone: '1' });
    expect(resource({ 'service.name': 'file', n: 3 }, environment)).toMatchObject({ 'service.name': 'file', n: 3 });
  });
});
