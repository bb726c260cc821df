import { parentPort, type MessagePort } from 'node:worker_threads';
import { countExactly } from './count-exactly';
import type { CountReply, CountRequest } from './token-worker-protocol';

/** The thread that counts tokens: the tables of the tokenizer take 0.3 s to load and about 60 MB. */
function serve(port: MessagePort): void {
  port.on('message', ({ id, text }: CountRequest) => {
    port.postMessage({ id, tokens: countExactly(text) } satisfies CountReply);
  });
}

if (!parentPort) throw new Error('token.worker is the entry point of a worker thread');
serve(parentPort);
