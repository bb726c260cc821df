import { generate } from './generate';
import type { LoadReply, LoadSpec } from './protocol';

const reply = (message: LoadReply): void => void process.send?.(message);

process.on('message', (spec: LoadSpec) => {
  generate(spec).then(
    (result) => reply({ result }),
    (error: unknown) => reply({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
process.send?.({ ready: true });
