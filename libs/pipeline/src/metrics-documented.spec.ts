import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ConfigStore, type Environment, relayConfigSchema } from '@relay/config';
import { policyDocumentSchema } from '@relay/contracts';
import { systemClock } from '@relay/core';
import { LINE_REFUSALS } from '@relay/scheduler';
import { Metrics, Telemetry } from '@relay/trace';
import { PipelineModule } from './pipeline.module';

type Part = new (...parts: unknown[]) => object;

/** Every class of the module that shows something of its own by the metrics; what it needs beside is asked for at a scrape only. */
function watchAll(metrics: Metrics): void {
  const parts = Reflect.getMetadata('providers', PipelineModule) as readonly unknown[];
  for (const part of parts) {
    if (typeof part !== 'function' || !part.name.endsWith('Metrics')) continue;
    const needs = Reflect.getMetadata('design:paramtypes', part) as readonly unknown[];
    new (part as Part)(...needs.map((need) => (need === Metrics ? metrics : {})));
  }
  const policy = policyDocumentSchema.parse({ name: 'default', version: 1 });
  const config = new ConfigStore({ ...relayConfigSchema.parse({}), policy }, 'relay.yaml');
  new Telemetry(config, metrics, {} as Environment, systemClock);
  metrics.watchSpool(() => ({ queued: 0, spooledBytes: 0, dropped: 0, rejected: 0 })); // by the recorder of traces
}

const text = readFileSync(path.resolve(__dirname, '../../../docs/operations.md'), 'utf8');

it('docs/operations.md lists exactly the metrics that the relay adds to those of Node', () => {
  const metrics = new Metrics();
  watchAll(metrics);
  const shown = metrics['registry'].getMetricsAsArray().map(({ name }) => name);
  const table = text.split('\n| metric | |\n')[1]?.split('\n\n')[0] ?? '';
  const listed = [...table.matchAll(/^\|([^|]+)\|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([a-z_0-9]+)/g)].map(([, name = '']) => name),
  );
  expect(listed.sort()).toEqual(shown.filter((name) => /^(relay|gen_ai)_/.test(name)).sort());
});

it('docs/operations.md names every reason why the line refuses', () => {
  const row = /^\| `relay_queue_refused_total.*$/m.exec(text)?.[0] ?? '';
  for (const reason of LINE_REFUSALS) expect(row).toContain(`\`${reason}\``);
});
