import type { ContentCipher } from '@relay/core';
import { z } from 'zod';

/** A reply that can be given again, byte for byte. */
export interface KeptReply {
  /** Of the request that was answered, and who answered it. */
  readonly traceId: string;
  readonly model: string | null;
  readonly provider: string | null;
  readonly status: number;
  readonly contentType: string;
  /** Of a stream all its frames. */
  readonly body: Buffer;
}

/** What lies under an idempotency key: a request that is under way, or its reply. */
export interface OnceEntry {
  /** Tells claims of the same question apart. */
  readonly token: string;
  /** Of the question: another one under the same key is a mistake. */
  readonly fingerprint: string;
  readonly reply: KeptReply | null;
}

const replySchema = z.object({
  traceId: z.string(),
  model: z.string().nullable(),
  provider: z.string().nullable(),
  status: z.int(),
  contentType: z.string(),
});
const headSchema = z.object({ token: z.string(), fingerprint: z.string(), reply: replySchema.nullable() });

const LF = 0x0a;

/** A line of JSON, then the body as it is; sealed where the relay has a key for it. */
export function packEntry(id: string, { token, fingerprint, reply }: OnceEntry, cipher: ContentCipher | null): Buffer {
  const { body = NO_BYTES, ...head } = reply ?? {};
  const line = Buffer.from(`${JSON.stringify({ token, fingerprint, reply: reply && head })}\n`);
  const plain = Buffer.concat([line, body]);
  return cipher ? cipher.seal(plain, id) : plain;
}

/** Null for what is not readable: another secret or schema. */
export function unpackEntry(id: string, packed: Buffer, cipher: ContentCipher | null): OnceEntry | null {
  const plain = cipher ? cipher.open(packed, id) : packed;
  const end = plain?.indexOf(LF) ?? -1;
  if (!plain || end === -1) return null;
  const head = headSchema.safeParse(parse(plain.toString('utf8', 0, end)));
  if (!head.success) return null;
  const { token, fingerprint, reply } = head.data;
  return { token, fingerprint, reply: reply && { ...reply, body: plain.subarray(end + 1) } };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const NO_BYTES = Buffer.alloc(0);
