import { existsSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { Logger } from '@nestjs/common';
import { Pool, type Notification } from 'pg';
import { DataDirLock } from './data-dir.lock';
import { WireStream } from './wire-stream';
import type { FromWorker, PgliteWorkerData, ToWorker } from './worker-protocol';

/** How long a stopping database may take before its thread is ended; what is committed is safe either way. */
const CLOSE_TIMEOUT_MS = 5_000;

/** The compiled worker: beside this file in dist/, and in dist/ too when this file runs from its source under Jest. */
function workerFile(): string {
  const name = 'pglite.worker.js';
  const file = __filename.endsWith('.ts')
    ? path.resolve(__dirname, '../../../../dist/libs/database/src/pglite', name)
    : path.join(__dirname, name);
  if (!existsSync(file)) throw new Error(`${file} is missing. Build first: node tools/build.mjs`);
  return file;
}

/**
 * PostgreSQL inside this process, in a thread of its own, with its data under `<dataDir>/pgdata`. It has one session, so there
 * is one pool of one client for everything: the entities and the queues. Whoever uses the pool borrows it and gives it back;
 * the database stops when the last has.
 */
export class EmbeddedPostgres {
  private readonly logger = new Logger(EmbeddedPostgres.name);
  private readonly lock: DataDirLock;
  private readonly streams = new Map<number, WireStream>();
  private worker: Worker | null = null;
  private started: Promise<void> | null = null;
  private nextStream = 1;
  private borrowers = 0;
  private closing: Promise<void> | null = null;
  private readonly notified: ((notification: Notification) => void)[] = [];
  private readonly sessionLost: ((error: Error) => void)[] = [];
  readonly pool: Pool;

  /** Takes the folder's lock (throws `DataDirInUseError`) and begins to start; `ready` tells when it is done. */
  constructor(private readonly dataDir: string) {
    this.lock = DataDirLock.acquire(dataDir);
    this.pool = new Pool({
      stream: () => this.openStream(),
      user: 'postgres',
      database: 'postgres',
      ssl: false,
      max: 1,
      idleTimeoutMillis: 0, // the one client stays: it holds the session's LISTENs
    });
    this.pool.on('error', (error) => this.logger.error(`The embedded database lost its connection: ${error.message}`));
    this.pool.on('connect', (client) =>
      client.on('notification', (notification) => this.notified.forEach((tell) => tell(notification))),
    );
    this.pool.on('remove', () =>
      this.sessionLost.forEach((tell) => tell(new Error('the session of the embedded database ended'))),
    );
    this.ready.catch(() => undefined); // whoever awaits it sees the failure
  }

  /** Resolves when queries can run; after the thread died, asking again starts it anew. */
  get ready(): Promise<void> {
    if (this.closing) return Promise.reject(new Error('The embedded database is closed.'));
    this.started ??= this.start();
    return this.started;
  }

  onNotification(tell: (notification: Notification) => void): void {
    this.notified.push(tell);
  }

  /** The session was reset, so every LISTEN in it is gone. */
  onSessionLost(tell: (error: Error) => void): void {
    this.sessionLost.push(tell);
  }

  /** The shared pool for one user; `end()` gives it back. */
  borrow(): BorrowedPool {
    this.borrowers++;
    return new BorrowedPool(this.pool, () => (--this.borrowers === 0 ? this.close() : Promise.resolve()));
  }

  close(): Promise<void> {
    this.closing ??= this.stop();
    return this.closing;
  }

  private start(): Promise<void> {
    return new Promise((resolve, reject) => {
      const worker = new Worker(workerFile(), {
        workerData: { dataDir: path.resolve(this.dataDir, 'pgdata') } satisfies PgliteWorkerData,
      });
      this.worker = worker;
      let reason = 'it ended';
      worker.on('message', (message: FromWorker) => {
        if (message.kind === 'wire') this.streams.get(message.stream)?.receive(message.bytes);
        else if (message.kind === 'ready') resolve();
        else reason = message.message;
      });
      worker.on('error', (error) => (reason = error instanceof Error ? error.message : String(error)));
      worker.on('exit', () => {
        const fault = new Error(`The embedded database stopped: ${reason}`);
        this.worker = null;
        this.started = null;
        for (const stream of this.streams.values()) stream.destroy(this.closing ? undefined : fault);
        reject(fault);
      });
    });
  }

  private openStream(): WireStream {
    const id = this.nextStream++;
    const stream = new WireStream({
      ready: this.ready,
      send: (bytes) => this.worker?.postMessage({ kind: 'wire', stream: id, bytes } satisfies ToWorker, [bytes.buffer]),
      closed: () => this.streams.delete(id),
    });
    this.streams.set(id, stream);
    return stream;
  }

  private async stop(): Promise<void> {
    await this.pool.end();
    const worker = this.worker;
    if (worker) {
      const ended = new Promise((resolve) => worker.once('exit', resolve));
      worker.postMessage({ kind: 'close' } satisfies ToWorker);
      const timer = setTimeout(() => void worker.terminate(), CLOSE_TIMEOUT_MS);
      await ended;
      clearTimeout(timer);
    }
    this.lock.release();
  }
}

/** The shared pool as one of its users sees it: TypeORM (callbacks) or the queues (promises). */
export class BorrowedPool {
  readonly query: Pool['query'];
  readonly connect: Pool['connect'];
  readonly on: Pool['on'];
  private ended: Promise<void> | null = null;

  constructor(
    pool: Pool,
    private readonly giveBack: () => Promise<void>,
  ) {
    this.query = pool.query.bind(pool);
    this.connect = pool.connect.bind(pool);
    this.on = pool.on.bind(pool);
  }

  end(callback?: (error?: Error) => void): Promise<void> {
    this.ended ??= this.giveBack();
    if (callback) this.ended.then(() => callback(), callback);
    return this.ended;
  }
}
