import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { pinnedCommand } from './cores';

const READY_TIMEOUT_MS = 15_000;
const STOP_TIMEOUT_MS = 20_000;
/** What is kept of a process's error output, to show when it fails. */
const MAX_ERROR_TEXT = 8_192;

const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export interface NodeProcessOptions {
  readonly script: string;
  readonly core: number;
  readonly nodeArgs?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A pinned Node process of the benchmark. `taskset` replaces itself by Node, so `pid` is Node's. */
export class NodeProcess {
  private errorText = '';

  private constructor(
    readonly child: ChildProcess,
    private readonly script: string,
  ) {
    child.stderr?.on(
      'data',
      (text: Buffer) => (this.errorText = (this.errorText + text.toString()).slice(-MAX_ERROR_TEXT)),
    );
    child.stdout?.resume();
    running.add(child);
    child.once('exit', () => running.delete(child));
  }

  static start(options: NodeProcessOptions): NodeProcess {
    const { command, args } = pinnedCommand(options.core, process.execPath, [
      ...(options.nodeArgs ?? []),
      options.script,
    ]);
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, ...options.env },
    });
    return new NodeProcess(child, options.script);
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error(`${this.script} did not start`);
    return this.child.pid;
  }

  get exited(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** The message in which the process says that it is ready, with the port it listens on if it does. */
  async ready(): Promise<number> {
    const message = (await this.message(READY_TIMEOUT_MS)) as { port?: number };
    return message.port ?? 0;
  }

  send(message: object): void {
    this.child.send(message);
  }

  /** The next message of the process; rejects when it exits or stays silent. */
  message(timeoutMs: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.child.off('message', onMessage).off('exit', onExit);
      };
      const onMessage = (message: unknown): void => (settle(), resolve(message));
      const onExit = (): void => (settle(), reject(this.failure('ended')));
      const timer = setTimeout(() => (settle(), reject(this.failure(`said nothing for ${timeoutMs} ms`))), timeoutMs);
      this.child.on('message', onMessage).on('exit', onExit);
    });
  }

  failure(what: string): Error {
    return new Error(`${this.script} ${what}${this.errorText ? `:\n${this.errorText}` : ''}`);
  }

  /** Asks the process to end, and ends it if it does not. */
  async stop(): Promise<void> {
    if (this.exited) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await exit;
    clearTimeout(timer);
  }
}
