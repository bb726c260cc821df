// Child process of the kill -9 test: records traces as fast as it can, notes the id of each once `record` returned, and prints
// a dot for every hundred. Arguments: spool folder; file for the ids; DATABASE_URL of the store, or nothing to run without.
import { openSync, writeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { systemClock } from '@relay/core';
import { dataSourceOptions } from '@relay/database';
import { aPlan } from '@relay/testing';
import { DataSource } from 'typeorm';
import { traceKit } from './recorder-kit';
import { aTrace } from './trace-record.builder';

const TRACES_A_TURN = 100;
const PLANS = 7;

async function main([directory = '', idFile = '', url]: readonly string[]): Promise<void> {
  Logger.overrideLogger(false); // it would print among the dots
  const dataSource = new DataSource(dataSourceOptions({ DATABASE_URL: url ?? 'postgres://127.0.0.1:1/none' }, null));
  if (url !== undefined) await dataSource.initialize();
  const { recorder } = traceKit(dataSource, directory, systemClock);
  recorder.onModuleInit();
  const ids = openSync(idFile, 'a');
  const keepAlive = setInterval(() => undefined, 1_000); // the relay's own timers do not
  for (let n = 0; keepAlive.hasRef(); n++) {
    const plan = aPlan(`${process.pid}-${n % PLANS}`);
    const trace = aTrace(Date.now(), { planId: plan.id });
    recorder.record(trace, plan, { request: '{"n":1}', response: 'x'.repeat(n % 2_000) });
    writeSync(ids, `${trace.id}\n`);
    if (n % TRACES_A_TURN > 0) continue;
    process.stdout.write('.');
    await setImmediate();
  }
}

void main(process.argv.slice(2));
