import type { ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import { UsageSniffer } from './usage-sniffer';

const BAD_GATEWAY = Buffer.from(
  '{"error":{"message":"upstream failed","type":"api_error","code":"upstream_error","param":null}}',
);

/** What the reference has seen go by. */
export const totals = { replies: 0, failures: 0, tokens: 0 };

/** Hands an upstream's reply to the client as it comes: bytes untouched, back-pressure kept, upstream aborted when the client leaves. */
export class Passthrough implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | null = null;
  private readonly sniffer = new UsageSniffer();
  private readonly resume = (): void => this.controller?.resume();
  private readonly leave = (): void => {
    if (!this.response.writableFinished) this.controller?.abort(new Error('client closed'));
  };

  constructor(private readonly response: ServerResponse) {
    response.on('close', this.leave);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.response.destroyed) controller.abort(new Error('client closed'));
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    const head: Record<string, string | string[]> = {};
    for (const name of ['content-type', 'content-length', 'retry-after']) {
      const value = headers[name];
      if (value !== undefined) head[name] = value;
    }
    this.response.writeHead(status, head);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.sniffer.push(chunk);
    if (this.response.write(chunk)) return;
    controller.pause();
    this.response.once('drain', this.resume);
  }

  onResponseEnd(): void {
    totals.replies++;
    totals.tokens += this.sniffer.totalTokens;
    this.response.end();
  }

  onResponseError(): void {
    totals.failures++;
    if (this.response.headersSent) {
      this.response.destroy();
      return;
    }
    this.response.writeHead(502, { 'content-type': 'application/json', 'content-length': BAD_GATEWAY.length });
    this.response.end(BAD_GATEWAY);
  }
}
