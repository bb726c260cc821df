import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  alertRules,
  dashboards,
  DOCKER,
  labelsIn,
  metricsIn,
  queries,
  readYaml,
  withoutTexts,
} from './observability-files';

const GUIDE = path.resolve(DOCKER, '../docs/observability.md');
const VARIABLES = new Set(['$instance', '$__rate_interval']);
/** Functions and words of PromQL that are used here. */
const WORDS = new Set(
  'sum max min avg count topk by rate increase deriv histogram_quantile and or up job le m h d'.split(' '),
);

interface Service {
  readonly image?: string;
  readonly healthcheck?: object;
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: object;
}

describe('queries', () => {
  it.each(queries())('of %s are well formed', (_, promql) => {
    const bare = withoutTexts(promql);
    for (const [open, close] of ['()', '{}', '[]']) {
      expect(bare.split(open ?? '').length).toBe(bare.split(close ?? '').length);
    }
    expect([...promql.matchAll(/\$\w+/g)].map(([name]) => name).filter((name) => !VARIABLES.has(name))).toEqual([]);
    for (const [, range] of bare.matchAll(/\[([^\]]*)\]/g)) expect(range).toMatch(/^(\d+[mhd]|\$__rate_interval)$/);
    const known = new Set([...WORDS, ...metricsIn(promql), ...labelsIn(promql), '__rate_interval', 'instance']);
    expect(
      (bare.match(/[a-z_][a-z0-9_]*/gi) ?? []).filter((word) => !known.has(word) && !/^[mhd]$/.test(word)),
    ).toEqual([]);
  });

  it('of counters are rates, for a counter begins anew with its process', () => {
    for (const [where, promql] of queries()) {
      for (const name of metricsIn(promql).filter((each) => /_total$|_bucket$|_sum$/.test(each))) {
        expect([where, promql]).toEqual([where, expect.stringMatching(new RegExp(`(rate|increase)\\(${name}[[{]`))]);
      }
    }
  });
});

describe('dashboards', () => {
  it('have ids of their own, panels with ids of their own, and the data source that is provisioned', () => {
    const all = dashboards();
    expect(all.map(({ uid }) => uid).sort()).toEqual(
      ['cache', 'cost', 'latency', 'overview', 'providers'].map((name) => `relay-${name}`),
    );
    const { datasources } = readYaml<{ datasources: { uid: string }[] }>('grafana/datasources/prometheus.yaml');
    const uids = new Set(datasources.map(({ uid }) => uid));
    for (const { panels, templating } of all) {
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      expect(panels.every(({ targets }) => targets.length > 0)).toBe(true);
      const used = panels.flatMap((panel) => [
        panel.datasource.uid,
        ...panel.targets.map((each) => each.datasource.uid),
      ]);
      expect(used.filter((uid) => !uids.has(uid))).toEqual([]);
      expect(templating.list.map(({ name }) => name)).toEqual(['instance']);
    }
  });
});

describe('alert rules', () => {
  it('have names of their own, a severity, a summary, and a time to last', () => {
    const rules = alertRules();
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const rule of rules) {
      expect(rule.for).toMatch(/^\d+m$/);
      expect(['critical', 'warning', 'info']).toContain(rule.labels.severity);
      expect(rule.annotations.summary.length * rule.annotations.description.length).toBeGreaterThan(0);
    }
  });

  it('name a section of the guide that says what to do', () => {
    const headings = new Set([...readFileSync(GUIDE, 'utf8').matchAll(/^### (\w+)$/gm)].map(([, name = '']) => name));
    for (const { alert, annotations } of alertRules()) {
      expect(annotations.runbook).toBe(`docs/observability.md#${alert.toLowerCase()}`);
      expect(headings).toContain(alert);
    }
    expect(headings.size).toBe(alertRules().length);
  });
});

describe('compose.yaml', () => {
  const compose = readYaml<Compose>('compose.yaml');
  const services = Object.entries(compose.services);

  it.each(services)('%s has an image of a version, or one built here', (_, { image = '' }) => {
    expect(image).toMatch(/^(llm-relay|[a-z/]+:v?\d+\.\d+[\w.-]*)$/);
  });

  it.each(services)('%s mounts what there is', (_, { volumes = [] }) => {
    for (const mount of volumes) {
      const source = mount.split(':')[0] ?? '';
      expect(source.startsWith('.') ? existsSync(path.join(DOCKER, source)) : source in compose.volumes).toBe(true);
    }
  });

  it.each(services)('%s takes its secrets from the environment', (_, { environment = {} }) => {
    for (const [name, value] of Object.entries(environment)) {
      if (/PASSWORD|SECRET|KEY|TOKEN|HEADERS/.test(name))
        expect([name, value]).toEqual([name, expect.stringMatching(/^\$\{\w+:-\w*\}$/)]);
    }
    const url = environment['DATABASE_URL'];
    if (url !== undefined) expect(url).toContain('${POSTGRES_PASSWORD');
  });

  it('knows of stores and tools whether they are well; the relay says so itself in its image', () => {
    const unknown = services.filter(([, { image, healthcheck }]) => image !== 'llm-relay' && healthcheck === undefined);
    expect(unknown.map(([name]) => name)).toEqual(['jaeger']); // its image has no shell to ask with
    const image = readFileSync(path.join(DOCKER, 'Dockerfile'), 'utf8');
    expect(image).toMatch(/^HEALTHCHECK /m);
    expect(image).toMatch(/^USER node$/m);
    expect(image).toMatch(/node:\d+\.\d+\.\d+-/);
    expect(image).not.toMatch(/:latest|ENV .*(?:KEY|SECRET|PASSWORD)/);
  });

  it('asks Redis for what the queues need', () => {
    expect(readFileSync(path.join(DOCKER, 'compose.yaml'), 'utf8')).toContain("'--maxmemory-policy', 'noeviction'");
  });
});
