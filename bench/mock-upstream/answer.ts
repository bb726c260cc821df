import type { ServerResponse } from 'node:http';
import { errorReply, HTML_REPLY, jsonReply, stampedFrame, streamFrames } from './replies';
import type { Script } from './script';

/** Distinct sizes and lengths whose replies are kept ready; more than that is a mistake in a script. */
const MAX_READY = 1_000;

function remember<T>(build: (key: number) => T): (key: number) => T {
  const ready = new Map<number, T>();
  return (key) => {
    const known = ready.get(key);
    if (known !== undefined) return known;
    const made = build(key);
    if (ready.size < MAX_READY) ready.set(key, made);
    return made;
  };
}

const jsonOf = remember(jsonReply);
const framesOf = remember((chunks) => streamFrames(chunks, false));
const framesWithUsageOf = remember((chunks) => streamFrames(chunks, true));

const JSON_TYPE = 'application/json';
const SSE_HEAD = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' };

/** Answers one request by its script, the latency already spent. */
export function answer(response: ServerResponse, script: Script, stream: boolean, withUsage: boolean): void {
  switch (script.fault) {
    case '429':
    case '500':
    case '503':
      return sendError(response, Number(script.fault));
    case 'html':
      return sendWhole(response, 502, 'text/html', HTML_REPLY);
    case 'half':
      return sendWhole(response, 200, JSON_TYPE, firstHalf(jsonOf(script.bytes)));
    case 'none':
    case 'cut':
    case 'stall':
      break;
    default:
      return script.fault satisfies never;
  }
  if (stream)
    return sendStream(response, script, withUsage ? framesWithUsageOf(script.chunks) : framesOf(script.chunks));
  const body = jsonOf(script.bytes);
  if (script.fault === 'none') return sendWhole(response, 200, JSON_TYPE, body);
  response.writeHead(200, { 'content-type': JSON_TYPE, 'content-length': body.length });
  response.write(firstHalf(body), () => script.fault === 'cut' && response.destroy());
}

function sendWhole(response: ServerResponse, status: number, type: string, body: Buffer): void {
  response.writeHead(status, { 'content-type': type, 'content-length': body.length });
  response.end(body);
}

function sendError(response: ServerResponse, status: number): void {
  const body = errorReply(status);
  response.writeHead(status, { 'content-type': JSON_TYPE, 'content-length': body.length, 'retry-after': '1' });
  response.end(body);
}

/** One frame per `gap`; a stream that is cut or stalls does so in its middle. */
function sendStream(response: ServerResponse, script: Script, frames: readonly Buffer[]): void {
  const last = script.fault === 'none' ? frames.length : frames.length >> 1;
  response.writeHead(200, SSE_HEAD);
  let next = 0;
  const finish = (): void => {
    if (script.fault === 'none') response.end();
    else if (script.fault === 'cut') response.destroy();
  };
  if (script.gap === 0) {
    response.write(Buffer.concat(frames.slice(0, last)), finish);
    return;
  }
  const send = (): void => {
    const frame = next < last ? frames[next++] : undefined;
    if (frame) response.write(script.stamp === 1 && next < frames.length ? stampedFrame() : frame);
    if (next < last) return;
    clearInterval(timer);
    finish();
  };
  const timer = setInterval(send, script.gap);
  response.once('close', () => clearInterval(timer));
  send();
}

const firstHalf = (body: Buffer): Buffer => body.subarray(0, body.length >> 1);
