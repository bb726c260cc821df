import { type TraceRow, traceRowSchema } from '@relay/contracts';
import type { Command } from 'commander';
import { withRemote, type RemoteOptions } from '../relay-client';
import { RemoteTraces } from '../remote-traces';
import { type SseEvent, sseEvents } from '../sse-events';
import { print, warn } from '../terminal';
import { type FilterOptions, filtersOf, withTraceFilters } from '../trace-filters';
import { traceLine } from '../trace-line';

interface Options extends RemoteOptions, FilterOptions {
  readonly seconds?: string;
  readonly json?: boolean;
}

export function addTracesTail(parent: Command): void {
  const command = parent.command('tail').description('follow new traces of all processes until Ctrl-C');
  withRemote(
    withTraceFilters(command)
      .option('--seconds <n>', 'end by itself after so long')
      .option('--json', 'print each as a line of JSON'),
  ).action(tail);
}

/** A login that runs out is renewed where the command has what it takes; nothing is lost meanwhile. */
async function tail(options: Options): Promise<void> {
  const show = options.json ? (row: TraceRow) => JSON.stringify(row) : traceLine;
  let lastEventId: string | undefined;
  for (let isOpen = true; isOpen;) {
    isOpen = false;
    const traces = await RemoteTraces.connect(options);
    const body = await traces.tail({ ...filtersOf(options), seconds: options.seconds }, lastEventId);
    for await (const event of sseEvents(body)) {
      lastEventId = event.id ?? lastEventId;
      if (event.event === 'trace') print(show(traceRowSchema.parse(JSON.parse(event.data))));
      else isOpen = hearOf(event, process.env['RELAY_TOKEN'] === undefined);
    }
  }
}

/** Whether to go on with a new login. */
function hearOf({ event, data }: SseEvent, canLogIn: boolean): boolean {
  if (event === 'dropped') warn(`more came than could be read: ${data}`);
  if (event !== 'end') return false;
  const { reason } = JSON.parse(data) as { reason?: string };
  if (reason === 'login_expired' && canLogIn) return true;
  if (reason !== 'time') warn(`the relay ended this: ${reason ?? 'no reason given'}`);
  return false;
}
