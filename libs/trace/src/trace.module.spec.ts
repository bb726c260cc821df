import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigStore, ENVIRONMENT, environmentSchema, relayConfigSchema } from '@relay/config';
import { policyDocumentSchema } from '@relay/contracts';
import { CLOCK, systemClock } from '@relay/core';
import { DatabaseModule } from '@relay/database';
import { aTrace } from '../test/trace-record.builder';
import { Metrics, TraceModule, TraceRecorder, TraceStore } from './index';

const dataDir = mkdtempSync(join(tmpdir(), 'relay-trace-module-'));
const environment = environmentSchema.parse({ RELAY_DATA_DIR: dataDir });

const policy = policyDocumentSchema.parse({ name: 'default', version: 1 });

@Global()
@Module({
  providers: [
    { provide: ENVIRONMENT, useValue: environment },
    { provide: CLOCK, useValue: systemClock },
    { provide: ConfigStore, useValue: new ConfigStore({ ...relayConfigSchema.parse({}), policy }, 'relay.yaml') },
  ],
  exports: [ENVIRONMENT, CLOCK, ConfigStore],
})
class BasicsModule {}

@Module({ imports: [BasicsModule, DatabaseModule, TraceModule] })
class TestModule {}

const start = () => NestFactory.createApplicationContext(TestModule, { logger: false });

describe('the trace module', () => {
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  it('stores what was recorded last before a shutdown, and finds it after the next start', async () => {
    const trace = aTrace(Date.now());
    const first = await start();
    first.get(TraceRecorder).record(trace, null, null);
    expect(await first.get(Metrics).render()).toContain('relay_trace_queued 1');
    await first.close();
    expect(readdirSync(join(dataDir, 'spool'))).toEqual([]);

    const second = await start();
    expect(await second.get(TraceStore).get(trace.id, null)).toMatchObject({ id: trace.id });
    await second.close();
  }, 60_000);
});
