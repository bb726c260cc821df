import { Logger } from '@nestjs/common';
import type { StoreHealth } from './store-watch';

/** Says once that a shared store is away, and what that means, and once that it is back. */
export function storeHealth(what: string, meanwhile: string): StoreHealth {
  const logger = new Logger('Limits');
  return {
    lost: (error) => {
      const reason = error instanceof Error ? error.message : String(error);
      logger.warn(`The shared ${what} are away (${reason}); ${meanwhile}.`);
    },
    restored: () => logger.log(`The shared ${what} are back.`),
  };
}
