import { relayConfig } from './relay-config';
import { startRelay } from './relay-process';
import type { Subject } from './subject';
import { openSurroundings } from './surroundings';

/** The built relay with every role in one process. */
export const relay: Subject = {
  summary: 'the built relay: auth, plan, cache, scheduler and trace all on',
  start: async (context) => {
    const surroundings = await openSurroundings();
    try {
      const running = await startRelay(context, { config: relayConfig(context.upstreamUrl), ...surroundings });
      const stop = async (): Promise<void> => {
        await running.stop();
        await surroundings.stop();
      };
      return { ...running, facts: surroundings.facts, stop };
    } catch (error) {
      await surroundings.stop();
      throw error;
    }
  },
};
