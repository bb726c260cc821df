import type { Command } from 'commander';

export function addStart(parent: Command): void {
  parent
    .command('start')
    .description('run the relay, as npm start does; settings come from relay.yaml and the environment')
    .action(async () => {
      await import('../../main.js');
    });
}
