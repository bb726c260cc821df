import type { ServerResponse } from 'node:http';
import { Logger } from '@nestjs/common';
import { HEADERS } from '@relay/contracts';
import { turnEnd } from '@relay/core';

/** Longer bodies go out as the bytes they are; shorter ones as text of one byte a character, in one write with their head. */
export const MAX_STRING_BYTES = 8_192;
/** So many leave at once, however many more the turn will have, and as soon as the first has waited so long, in ms: who is first does not wait for all. */
const MAX_TOGETHER = 16;
const MAX_WAIT_MS = 2;

interface WholeReply {
  readonly response: ServerResponse;
  readonly status: number;
  readonly headers: string[];
  readonly body: Buffer;
  /** The connection ends when the client has taken nothing of it for so long, in ms. */
  readonly stallMs: number;
}

const logger = new Logger('Outbox');
let waiting: WholeReply[] = [];
let waitingSince = 0;

/**
 * Whole replies leave together when a turn of the event loop ends. A write to a client that sleeps wakes its core, which takes longer than the
 * write; the next one, right after it, finds the core awake (docs/adr/0047). The price: what else came with the turn may be dealt with before.
 * Long ones do not wait: they are no cheaper together, and requests sent ahead behind one over TLS would meet a parser that Node has paused.
 */
export function leaveTogether(reply: WholeReply): void {
  waiting.push(reply);
  if (waiting.length === 1) {
    waitingSince = performance.now();
    turnEnd.tell(flush);
  }
  const isLong = reply.body.length > MAX_STRING_BYTES;
  if (isLong || waiting.length >= MAX_TOGETHER || performance.now() - waitingSince >= MAX_WAIT_MS) turnEnd.run();
}

function flush(): void {
  const replies = waiting;
  waiting = [];
  for (const reply of replies) leave(reply);
}

/** A head that HTTP does not allow is found out here: it breaks one connection, and not the relay. */
function leave({ response, status, headers, body, stallMs }: WholeReply): void {
  if (response.destroyed) return;
  try {
    response.writeHead(status, headers);
    if (body.length === 0 || body.length > MAX_STRING_BYTES) response.end(body);
    else endAtOnce(response, body.toString('latin1'));
    cutOffIfStalled(response, stallMs);
  } catch (error) {
    const requestId = headers[headers.indexOf(HEADERS.requestId) + 1];
    logger.error({ requestId, err: error }, 'a reply could not be sent');
    response.destroy();
  }
}

/**
 * Has a reply that was written to its end, and is not all sent, wait no longer for a reader that takes nothing of it: Node looks every so many ms
 * whether bytes have left since, and ends the connection if none have. The limit goes with the reply: what comes next on the connection may take
 * its time.
 */
export function cutOffIfStalled(response: ServerResponse, stallMs: number): void {
  if (response.writableFinished) return;
  response.setTimeout(stallMs);
  response.prependOnceListener('finish', () => response.setTimeout(0)); // before Node gives the connection to the next one, or sets its idle time
}

/** As `response.end(text)`, which hands head and text to the connection as one write and an empty one behind it, to be gathered: 3 µs more. */
function endAtOnce(response: ServerResponse, text: string): void {
  const { socket } = response;
  if (socket === null) return void response.end(text, 'latin1'); // it waits for its turn on the connection
  socket.cork();
  response.write(text, 'latin1');
  socket.uncork();
  response.end();
}
