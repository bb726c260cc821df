import { ConfigStore, environmentSchema, type RelayConfig, relayConfigSchema } from '@relay/config';
import { policyDocumentSchema } from '@relay/contracts';
import type { Clock } from '@relay/core';
import type { DataSource } from 'typeorm';
import { FinishedRequests } from '../src/feedback/finished-requests';
import { Metrics } from '../src/metrics/metrics';
import { TraceInserter } from '../src/persistence/trace-inserter';
import { RejectedRows } from '../src/spool/rejected-rows';
import { PayloadVault } from '../src/payloads/payload-vault';
import { SpendLedger } from '../src/spend/spend-ledger';
import { TraceSpool } from '../src/spool/trace-spool';
import { TraceRecorder } from '../src/trace.recorder';
import { TraceShipper } from '../src/trace-shipper';
import { TraceStore } from '../src/trace.store';

/** Seals with the secret, if there is one. */
export function payloadVault(secret?: string, payloads: object = {}, previous: readonly string[] = []): PayloadVault {
  const environment = environmentSchema.parse({
    ...(secret !== undefined && { RELAY_ENCRYPTION_KEY: secret }),
    ...(previous.length > 0 && { RELAY_ENCRYPTION_KEY_PREVIOUS: previous.join(',') }),
  });
  return new PayloadVault(environment, new ConfigStore(relayConfigOf(payloads), 'relay.yaml'));
}

const relayConfigOf = (payloads: object): RelayConfig => {
  const { policy: _policy, ...config } = relayConfigSchema.parse({ traces: { payloads } });
  return { ...config, policy: policyDocumentSchema.parse({ name: 'test', version: 1 }) };
};

/** The library put together by hand, as trace.module.ts does it, on a spool folder of the test's own. */
export function traceKit(dataSource: DataSource, directory: string, clock: Clock, payloads = payloadVault()) {
  const spool = new TraceSpool(directory, clock);
  const rejected = new RejectedRows(directory);
  const shipper = new TraceShipper(spool, new TraceInserter(dataSource), rejected, clock);
  const metrics = new Metrics();
  const finished = new FinishedRequests();
  const spend = new SpendLedger(dataSource, shipper, clock);
  const recorder = new TraceRecorder(spool, shipper, rejected, metrics, finished, spend, payloads, clock);
  return { recorder, metrics, finished, spend, store: new TraceStore(dataSource, recorder, payloads, clock) };
}
