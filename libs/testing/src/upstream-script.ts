import { Gate } from './gate';

/** One step of a scripted body: bytes to write or a gate to wait at; the text `CUT` breaks the connection, `STALL` falls silent. */
export type BodyStep = string | Buffer | Gate;

export interface ReplyHead {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How the scripted upstream treats one request. */
export type UpstreamScript =
  | {
      readonly kind: 'reply';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly steps: readonly BodyStep[];
      readonly gate?: Gate; // before the head
    }
  | { readonly kind: 'reset' } // the connection is destroyed before any byte of a reply
  | { readonly kind: 'silent' }; // the request is read and never answered

/** A reply with this body, as it is. */
export function rawReply(body: string | Buffer, contentType: string, head: ReplyHead = {}): UpstreamScript {
  return steps([body], { ...head, headers: { 'content-type': contentType, ...head.headers } });
}

export function jsonReply(body: unknown, head: ReplyHead = {}): UpstreamScript {
  return rawReply(JSON.stringify(body), 'application/json', head);
}

/** A reply of these steps; a gate as the first step holds back the body, not the head. */
export function steps(body: readonly BodyStep[], head: ReplyHead = {}): UpstreamScript {
  return { kind: 'reply', status: head.status ?? 200, headers: head.headers ?? {}, steps: body };
}

/** An SSE reply; each step is written by itself. End with `'CUT'` or `'STALL'` for a stream that breaks. */
export function sseReply(body: readonly BodyStep[], head: ReplyHead = {}): UpstreamScript {
  return steps(body, { ...head, headers: { 'content-type': 'text/event-stream', ...head.headers } });
}

/** An OpenAI-shaped error. */
export function errorReply(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): UpstreamScript {
  return jsonReply({ error: { message, type: 'api_error', code: null, param: null } }, { status, headers });
}

export const htmlReply = (status = 200): UpstreamScript =>
  rawReply('<!doctype html><html><body>Bad gateway</body></html>', 'text/html', { status });

export const halfJsonReply = (): UpstreamScript =>
  rawReply('{"id":"chatcmpl-1","choices":[{"index":0,"mess', 'application/json');

/** The script, begun only when the gate opens: until then not even the head is sent. */
export function gatedReply(gate: Gate, script: UpstreamScript): UpstreamScript {
  return script.kind === 'reply' ? { ...script, gate } : script;
}

export const resetConnection = (): UpstreamScript => ({ kind: 'reset' });
export const neverAnswer = (): UpstreamScript => ({ kind: 'silent' });
