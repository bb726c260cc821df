import { keepCompiledPackages } from './boot/packages'; // before all others: it says where packages come from
import { ConfigInvalidError } from '@relay/config';
import { Metrics } from '@relay/trace';
import { startRelay, type RunningRelay } from './boot/start-relay';
import { goOnAfterRejections } from './boot/unhandled-rejections';

/** Exit status for a configuration or a store that the relay cannot start with (sysexits.h: EX_CONFIG). */
const EXIT_CONFIG = 78;

async function main(): Promise<void> {
  const relay = await startRelay(process.env);
  goOnAfterRejections(process, relay.logger, relay.app.get(Metrics, { strict: false }));
  stopOnSignals(relay);
  keepCompiledPackages();
}

/** The first signal stops in order; a second one at once, as does a stop that hangs. */
function stopOnSignals(relay: RunningRelay): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1);
    stopping = true;
    relay.logger.info(`${signal}: finishing what is running (once more to stop at once)`);
    setTimeout(() => process.exit(1), relay.stopTimeoutMs).unref();
    relay.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        relay.logger.error({ err: error }, 'the shutdown failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

main().catch((error: unknown) => {
  const isConfig = error instanceof ConfigInvalidError;
  const text = isConfig ? `The configuration has problems:\n${error.message}` : describe(error);
  process.stderr.write(`${text}\n`);
  process.exit(isConfig ? EXIT_CONFIG : 1);
});

/** Known refusals in one line, the unknown with their stack. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE' || code === 'EACCES')
    return `Cannot listen: ${error.message}. Set PORT or HOST to another address.`;
  return error.name === 'Error' || error.name === 'TypeError' ? (error.stack ?? error.message) : error.message;
}
