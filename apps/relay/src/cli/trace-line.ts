import type { TraceRow } from '@relay/contracts';

/** One trace in a line: when, what became of it, who asked for what, how long it took, what it cost. */
export function traceLine(row: TraceRow): string {
  const { at, status, httpStatus, tenant, model, servedModel, cache, totalMs, inputTokens, outputTokens, costUsd } =
    row;
  const served = servedModel !== null && servedModel !== model ? `${model ?? '-'} → ${servedModel}` : (model ?? '-');
  const tokens = inputTokens === null ? '' : `${inputTokens} → ${outputTokens ?? 0} tokens`;
  const cells = [at, `${status} ${httpStatus}`.padEnd(12), tenant ?? '-', served, cache, `${Math.round(totalMs)} ms`];
  return [...cells, tokens, costUsd === null ? '' : `$${costUsd}`, row.errorCode ?? '', row.id]
    .filter((cell) => cell !== '')
    .map(printable)
    .join('  ');
}

/** Names come from whoever asked: what would steer a terminal is shown as it is not. */
const printable = (text: string): string => text.replace(/\p{Cc}/gu, '\uFFFD');
