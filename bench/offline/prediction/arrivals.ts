import path from 'node:path';
import { z } from 'zod';
import { readRows } from '../../data/jsonl';

/** A request of a production trace. */
export interface Arrival {
  readonly atMs: number; // since the first one
  readonly source: string; // who asked, where the trace tells
  readonly inputTokens: number;
  readonly outputTokens: number;
}

const tokens = { input: z.number().int().nonnegative(), output: z.number().int().nonnegative() };
const azureRow = z.object({ at: z.string(), ...tokens });
const tenantRow = z.object({ atSeconds: z.number(), tenant: z.string(), ...tokens });
const MS_PER_SECOND = 1_000;

/** Azure's trace of an LLM service for conversation, an hour of 2023 (Patel et al., Splitwise, ISCA 2024). */
export async function azureConversations(data: string): Promise<Arrival[]> {
  const rows = await readRows(path.join(data, 'arrivals', 'azure_conv_2023.jsonl.gz'), azureRow);
  const times = rows.map(({ at }) => Date.parse(`${at.replace(' ', 'T').slice(0, 23)}Z`)); // to the millisecond
  const [start = 0] = times;
  return rows.map(({ input, output }, i) => arrival((times[i] ?? 0) - start, 'azure', input, output));
}

/** Ten minutes of 27 adapters on one server (Sheng et al., Fairness in Serving Large Language Models, OSDI 2024). */
export async function manyTenants(data: string): Promise<Arrival[]> {
  const rows = await readRows(path.join(data, 'arrivals', 'multi_tenant_27.jsonl.gz'), tenantRow);
  return rows.map(({ atSeconds, tenant, input, output }) => arrival(atSeconds * MS_PER_SECOND, tenant, input, output));
}

const arrival = (atMs: number, source: string, inputTokens: number, outputTokens: number): Arrival => ({
  ...{ atMs, source, inputTokens, outputTokens },
});
