import { type ChildProcess, spawn } from 'node:child_process';
import { freePort } from '@relay/testing';
import { Redis } from 'ioredis';

const READY_WITHIN_MS = 5_000;

/** A redis-server that keeps nothing, for what a test may not do to a shared one. */
export class OwnRedis {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
    readonly admin: Redis,
  ) {}

  static async start(): Promise<OwnRedis> {
    const port = await freePort();
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const child = spawn('redis-server', args, { stdio: 'ignore' });
    child.once('error', () => undefined); // not installed: then nothing answers
    const url = `redis://127.0.0.1:${port}`;
    const admin = new Redis(url, { retryStrategy: () => 10 });
    admin.on('error', () => undefined); // until it listens
    const ready = new Promise((resolve) => admin.once('ready', resolve));
    const late = new Promise((_, reject) =>
      setTimeout(reject, READY_WITHIN_MS, new Error('redis-server did not start')).unref(),
    );
    await Promise.race([ready, late]);
    return new OwnRedis(url, child, admin);
  }

  async stop(): Promise<void> {
    this.admin.disconnect();
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await gone;
  }
}
