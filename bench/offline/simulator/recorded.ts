import path from 'node:path';
import { z } from 'zod';
import { readRows } from '../../data/jsonl';

/** An arrival of a production trace. */
export interface Recorded {
  readonly atMs: number; // from the first one
  readonly input: number; // tokens
  readonly output: number;
}

const tokens = z.number().int().nonnegative();
const azureRow = z.object({
  at: z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/),
  input: tokens,
  output: tokens,
});
const tenantRow = z.object({ atSeconds: z.number().nonnegative(), tenant: z.string(), input: tokens, output: tokens });

/** An hour of chats at Azure (AzureLLMInferenceTrace_conv, 2023), tenants not recorded. */
export async function azureArrivals(data: string): Promise<Recorded[]> {
  const rows = await readRows(path.join(data, 'arrivals/azure_conv_2023.jsonl.gz'), azureRow);
  const times = rows.map(({ at }) => msOf(at));
  const first = Math.min(...times);
  return rows.map(({ input, output }, i) => ({ atMs: (times[i] ?? 0) - first, input, output }));
}

/** Ten minutes of 27 tenants, from chats with many models. */
export async function tenantArrivals(data: string): Promise<(Recorded & { readonly tenant: string })[]> {
  const rows = await readRows(path.join(data, 'arrivals/multi_tenant_27.jsonl.gz'), tenantRow);
  return rows.map(({ atSeconds, ...row }) => ({ ...row, atMs: atSeconds * 1_000 }));
}

/** JavaScript's dates end at milliseconds, the trace at tenths of microseconds. */
function msOf(at: string): number {
  const [seconds = '', fraction = '0'] = at.replace(' ', 'T').split('.');
  return Date.parse(`${seconds}Z`) + Number(`0.${fraction}`) * 1_000;
}
