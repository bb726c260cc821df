import type { ServerResponse } from 'node:http';
import type { Reply } from '@relay/pipeline';

/** The pipeline's Reply over Node's own response: headers and bytes leave without passing through the framework. */
export class NodeReply implements Reply {
  constructor(private readonly response: ServerResponse) {}

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

  write(frames: Buffer, resume: () => void): boolean {
    if (this.response.write(frames)) return true;
    this.response.once('drain', resume);
    return false;
  }

  end(tail: Buffer): void {
    this.response.end(tail);
  }
}
