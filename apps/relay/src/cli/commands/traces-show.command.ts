import type { Command } from 'commander';
import { withRemote, type RemoteOptions } from '../relay-client';
import { RemoteTraces } from '../remote-traces';
import { printJson } from '../terminal';

export function addTracesShow(parent: Command): void {
  withRemote(
    parent
      .command('show')
      .description('print a trace in full as JSON: plan, decisions, stages, attempts, feedback, payload')
      .argument('<id>', 'as x-relay-trace-id has it'),
  ).action(async (id: string, options: RemoteOptions) => {
    const traces = await RemoteTraces.connect(options);
    printJson(await traces.show(id));
  });
}
