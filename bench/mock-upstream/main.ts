import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answer } from './answer';
import { CallLog, CALLS_PATH } from './call-log';
import { MODELS_REPLY, REQUESTS_PATH } from './replies';
import { DEFAULT_SCRIPT, parseScript, type Script } from './script';
import { Turns } from './turns';

/** Longer than any pause of a benchmark, so that the client and never the mock ends an idle connection. */
const KEEP_ALIVE_MS = 600_000;
const MAX_BODY_BYTES = 16_777_216;
/** The model's name is looked for in this much of the body. */
const MODEL_WITHIN_BYTES = 512;

const scripts = new Map<string, Script>();
const calls = new CallLog();
const turns = new Turns();
let requests = 0;

/** Scripts are few and repeat, so each text is parsed once; the map ends where a runaway test would fill it. */
function scriptOf(text: string): Script {
  const known = scripts.get(text);
  if (known) return known;
  const script = parseScript(decodeURIComponent(text));
  if (scripts.size < 10_000) scripts.set(text, script);
  return script;
}

function chooseScript(request: IncomingMessage, body: Buffer): Script {
  const path = /^\/s\/([^/]+)\//.exec(request.url ?? '')?.[1];
  const header = request.headers['x-mock-script'];
  const model = /"model"\s*:\s*"[^";]*;([^"]*)"/.exec(body.toString('latin1', 0, MODEL_WITHIN_BYTES))?.[1];
  if (path === undefined && header === undefined && model === undefined) return DEFAULT_SCRIPT;
  return scriptOf([path ?? '', String(header ?? ''), model ?? ''].join(','));
}

function serve(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const script = chooseScript(request, body);
  requests++;
  const struck = script.fault !== 'none' && requests % Math.max(1, script.every) === 0;
  const effective: Script = struck || script.fault === 'none' ? script : { ...script, fault: 'none' };
  const stream = body.includes('"stream":true');
  const reply = (): void => answer(response, effective, stream, stream && body.includes('"include_usage":true'));
  const latency = script.latency * (1 + script.jitter * (2 * Math.random() - 1));
  const begin = (): void => {
    if (latency > 0) setTimeout(reply, latency);
    else reply();
  };
  if (script.record === 1) calls.follow(response);
  if (script.slots > 0) turns.take(response, script.slots, begin);
  else begin();
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(
    JSON.stringify({ error: { message, type: 'invalid_request_error', param: null, code: 'mock_refused' } }),
  );
}

function told(url: string | undefined): string | Buffer {
  if (url === REQUESTS_PATH) return JSON.stringify({ requests });
  return url === CALLS_PATH ? JSON.stringify(calls.take()) : MODELS_REPLY;
}

function handle(request: IncomingMessage, response: ServerResponse): void {
  response.sendDate = false;
  if (request.method === 'GET') {
    response.end(told(request.url));
    return;
  }
  const parts: Buffer[] = [];
  let size = 0;
  request.on('data', (part: Buffer) => {
    size += part.length;
    if (size > MAX_BODY_BYTES) request.destroy();
    else parts.push(part);
  });
  request.on('end', () => {
    try {
      serve(request, response, parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts));
    } catch (error) {
      refuse(response, 400, error instanceof Error ? error.message : 'bad script');
    }
  });
}

const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, noDelay: true }, handle);
server.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  if (process.send) process.send({ ready: true, port });
  else process.stdout.write(`mock upstream on http://127.0.0.1:${port}/v1\n`);
});
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
