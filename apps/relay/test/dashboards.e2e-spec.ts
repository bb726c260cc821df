import { ScriptedUpstream } from '@relay/testing';
import { labelsIn, metricsIn, queries } from './observability-files';
import { RelayProcess } from './relay-process';
import { ACME_KEY, ask, testConfig } from './test-config';

/** What Prometheus adds, and labels of series that appear with their first event only. */
const LABELS_OF_PROMETHEUS = ['instance', 'job', 'role', 'le'];
const LABELS_OF_EVENTS = [
  'code',
  'http_status',
  'scope',
  'reason',
  'quantity',
  'quantile',
  'error_type',
  'queue',
  'outcome',
];
const PARTS_OF_HISTOGRAMS = /_(?:bucket|sum|count)$/;

describe('dashboards and alert rules', () => {
  let upstream: ScriptedUpstream;
  let relay: RelayProcess;
  let shown: Set<string>;
  let labels: Set<string>;

  beforeAll(async () => {
    upstream = await ScriptedUpstream.start();
    const config = testConfig(upstream) as { providers: object[] };
    const keys = { apiKey: undefined, apiKeys: [{ value: 'first-of-two' }, { value: 'second-of-two' }] };
    relay = await RelayProcess.start({ config: { ...config, providers: [{ ...config.providers[0], ...keys }] } });
    await (await relay.post(ACME_KEY, ask('hello', { stream: true }))).text();
    await (await relay.post(ACME_KEY, ask('no model', { model: 'nobody' }))).text();
    const text = await (await fetch(`${relay.url}/metrics`)).text();
    shown = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name));
    labels = new Set([...text.matchAll(/[{,]([a-z_]+)="/g)].map(([, label = '']) => label));
  }, 120_000);
  afterAll(async () => {
    await relay?.close();
    await upstream.close();
  });

  it.each(queries())('%s asks for metrics and labels that a relay shows', (_, promql) => {
    const metrics = metricsIn(promql);
    const unknown = metrics.filter((name) => !shown.has(name) && !shown.has(name.replace(PARTS_OF_HISTOGRAMS, '')));
    expect(unknown).toEqual([]);
    const known = new Set([...labels, ...LABELS_OF_PROMETHEUS, ...LABELS_OF_EVENTS]);
    expect(labelsIn(promql).filter((label) => !known.has(label))).toEqual([]);
  });

  it('are told what is asked for and what is not', () => {
    const promql = 'sum by (le, odd) (rate(relay_made_up_total{cache=~"a|{b}", status!="c"}[5m]))';
    expect(metricsIn(promql)).toEqual(['relay_made_up_total']);
    expect(labelsIn(promql)).toEqual(['cache', 'status', 'le', 'odd']);
    expect(shown.has('relay_made_up_total')).toBe(false);
    expect(shown.has('relay_requests_total')).toBe(true);
  });
});
