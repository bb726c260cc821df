import type { ServerResponse } from 'node:http';
import type { Clock } from '@relay/core';
import type { Reply } from '@relay/pipeline';

/** A client that reads nothing for so long, in ms, is cut off: it holds a slot and an upstream connection meanwhile. */
export const CLIENT_STALL_MS = 60_000;

/** The pipeline's Reply over Node's own response: headers and bytes leave without passing through the framework. */
export class NodeReply implements Reply {
  constructor(
    private readonly response: ServerResponse,
    private readonly clock: Clock,
  ) {}

  get started(): boolean {
    return this.response.headersSent;
  }

  send(status: number, headers: string[], body: Buffer): void {
    if (this.response.destroyed) return;
    this.response.writeHead(status, headers);
    this.response.end(body);
  }

  startStream(headers: string[]): void {
    if (this.response.destroyed) return;
    this.response.writeHead(200, headers);
    this.response.flushHeaders();
  }

  /** To a client that has left nothing is sent, and nobody waits for it. */
  write(frames: Buffer, resume: () => void): boolean {
    if (this.response.destroyed || this.response.write(frames)) return true;
    this.waitForReader(resume);
    return false;
  }

  abandon(): void {
    if (!this.response.writableEnded) this.response.destroy();
  }

  end(tail: Buffer): void {
    this.response.end(tail);
  }

  private waitForReader(resume: () => void): void {
    const { response } = this;
    const cancel = this.clock.after(CLIENT_STALL_MS, () => response.destroy());
    const goOn = (): void => {
      cancel();
      response.off('drain', goOn);
      response.off('close', goOn);
      resume();
    };
    response.on('drain', goOn);
    response.on('close', goOn); // its request is aborted by then: whoever waits finds that out
  }
}
