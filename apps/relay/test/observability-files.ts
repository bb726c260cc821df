import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

export const DOCKER = path.resolve(__dirname, '../../../docker');
const DASHBOARDS = path.join(DOCKER, 'grafana/dashboards');

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly datasource: { readonly uid: string };
  readonly targets: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[];
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition: string }[] };
}

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string; readonly runbook: string };
}

export const readYaml = <T>(file: string): T =>
  parse(readFileSync(path.join(DOCKER, file), 'utf8'), { merge: true }) as T;

export const dashboards = (): Dashboard[] =>
  readdirSync(DASHBOARDS).map((file) => JSON.parse(readFileSync(path.join(DASHBOARDS, file), 'utf8')) as Dashboard);

export const alertRules = (): AlertRule[] =>
  readYaml<{ groups: { rules: AlertRule[] }[] }>('prometheus/rules.yml').groups.flatMap(({ rules }) => rules);

/** Every query that somebody wrote, with where it stands. */
export const queries = (): (readonly [where: string, promql: string])[] => [
  ...alertRules().map(({ alert, expr }) => [alert, expr] as const),
  ...dashboards().flatMap(({ uid, panels }) =>
    panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [`${uid}: ${title}`, expr] as const)),
  ),
];

/** Metrics of the relay and its process that a query names. */
export const metricsIn = (promql: string): string[] =>
  [...withoutTexts(promql).matchAll(/\b(?:relay|gen_ai_(?:server|client)|nodejs|process)_[a-z0-9_]+/g)].map(
    ([name]) => name,
  );

/** Labels that a query selects or groups by. */
export const labelsIn = (promql: string): string[] => {
  const bare = withoutTexts(promql);
  const selected = [...bare.matchAll(/\{([^}]*)\}/g)].flatMap(([, list = '']) =>
    [...list.matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
  );
  const grouped = [...bare.matchAll(/\b(?:by|without|on)\s*\(([^)]*)\)/g)].flatMap(([, list = '']) =>
    list.split(/\s*,\s*/),
  );
  return [...selected, ...grouped];
};

export const withoutTexts = (promql: string): string => promql.replace(/"(?:[^"\\]|\\.)*"/g, '""');
