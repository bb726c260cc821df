import path from 'node:path';
import type { LoadReply, LoadResult, LoadSpec } from '../load/protocol';
import { LOAD_CORE } from './cores';
import { NodeProcess } from './node-process';

/** A measurement may take this much longer than its seconds: time-outs of requests, then it counts as hung. */
const GRACE_MS = 60_000;

/** The load generator's process; it stays for all rounds so that its own code is warm. */
export class LoadGenerator {
  private constructor(private readonly process: NodeProcess) {}

  static async start(): Promise<LoadGenerator> {
    const process = NodeProcess.start({ script: path.join(__dirname, '../load/main.js'), core: LOAD_CORE });
    await process.ready();
    return new LoadGenerator(process);
  }

  get pid(): number {
    return this.process.pid;
  }

  async run(spec: LoadSpec): Promise<LoadResult> {
    const answer = this.process.message(spec.seconds * 1_000 + GRACE_MS);
    this.process.send(spec);
    const reply = (await answer) as LoadReply;
    if ('failure' in reply) throw new Error(`load generator: ${reply.failure}`);
    return reply.result;
  }

  stop(): Promise<void> {
    return this.process.stop();
  }
}
