import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import type { FromWorker, PgliteWorkerData, ToWorker, WireMessage } from './worker-protocol';

/**
 * The thread that runs PostgreSQL (PGlite: PostgreSQL compiled to WebAssembly). One session, spoken to in bytes of the wire
 * protocol; a message is worked off synchronously, so messages never overlap.
 */

const STARTUP = 0x00; // a startup packet begins with its length, every other message with a letter
const QUERY = 0x51; // 'Q'
const SYNC_MESSAGE = new Uint8Array([0x53, 0, 0, 0, 4]); // 'S'

/** A simple-protocol query message. */
function queryMessage(sql: string): Uint8Array {
  const text = Buffer.from(`${sql}\0`);
  const message = Buffer.alloc(5 + text.length);
  message.writeUInt8(QUERY, 0);
  message.writeUInt32BE(4 + text.length, 1);
  text.copy(message, 5);
  return message;
}

/** What a connection that ended half-way may have left in the one session: a broken pipeline, a transaction, settings, LISTENs. */
const RESET_SESSION = [SYNC_MESSAGE, queryMessage('ROLLBACK'), queryMessage('DISCARD ALL')];

/** `bullmq` is where the queue library keeps its tables and functions; its queries name them without a schema. */
const START_PARAMS = [...PGlite.defaultStartParams, '-c', 'search_path=public,bullmq'];

/**
 * Opens the database, creating it the first time. Creating copies thousands of files, so a marker stands beside the folder
 * meanwhile: a folder that still has its marker was left half-made by a process that died, and is made anew.
 */
async function open(dataDir: string): Promise<PGlite> {
  const marker = `${dataDir}.creating`;
  if (existsSync(marker)) rmSync(dataDir, { recursive: true, force: true });
  const create = !existsSync(dataDir);
  if (create) {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(marker, '');
  }
  const db = await PGlite.create({ dataDir, extensions: { vector }, startParams: START_PARAMS });
  if (create) rmSync(marker);
  return db;
}

function serve(db: PGlite, port: MessagePort): void {
  const answer = ({ stream, bytes }: WireMessage): void => {
    if (bytes[0] === STARTUP) for (const message of RESET_SESSION) db.execProtocolRawSync(message);
    const reply = new Uint8Array(db.execProtocolRawSync(bytes));
    port.postMessage({ kind: 'wire', stream, bytes: reply } satisfies FromWorker, [reply.buffer]);
  };
  port.on('message', (message: ToWorker) => {
    if (message.kind === 'wire') answer(message);
    else void db.close().finally(() => port.close());
  });
}

async function main(port: MessagePort, { dataDir }: PgliteWorkerData): Promise<void> {
  try {
    serve(await open(dataDir), port);
    port.postMessage({ kind: 'ready' } satisfies FromWorker);
  } catch (error) {
    port.postMessage({
      kind: 'failed',
      message: error instanceof Error ? error.message : String(error),
    } satisfies FromWorker);
    port.close();
  }
}

if (!parentPort) throw new Error('pglite.worker is the entry point of a worker thread');
void main(parentPort, workerData as PgliteWorkerData);
