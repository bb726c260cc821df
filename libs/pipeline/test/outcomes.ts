import { RelayError } from '@relay/core';
import type { UpstreamCompleted, UpstreamFailed } from '@relay/providers';
import { completionJson, streamFrames } from '@relay/testing';
import type { Script } from './recorders';

const USAGE = { inputTokens: 11, cachedInputTokens: 0, outputTokens: 3, reasoningTokens: 0 };

export function completed(changes: Partial<UpstreamCompleted> = {}): UpstreamCompleted {
  return {
    kind: 'completed',
    status: 200,
    contentType: 'application/json',
    body: Buffer.from(JSON.stringify(completionJson('Hi'))),
    tail: Buffer.alloc(0),
    usage: USAGE,
    finishReason: 'stop',
    connectMs: null,
    ttftMs: 5,
    totalMs: 10,
    ...changes,
  };
}

export function failure(changes: Partial<UpstreamFailed> = {}): UpstreamFailed {
  return {
    kind: 'failed',
    error: new RelayError('upstream_error', 'Provider a answered 500'),
    retryable: true,
    started: false,
    upstreamStatus: 500,
    passthrough: null,
    retryAfterMs: null,
    usage: null,
    ...changes,
  };
}

export const succeeds: Script = () => Promise.resolve(completed());
export const fails: Script = () => Promise.resolve(failure());

/** Streams two words and leaves the closing frames to the caller. */
export const streams: Script = (_request, observer) => {
  const frames = streamFrames(['Hel', 'lo']);
  for (const frame of frames.slice(0, -2)) observer.onFrames(Buffer.from(frame), () => undefined);
  return Promise.resolve(completed({ body: Buffer.alloc(0), tail: Buffer.from(frames.slice(-2).join('')) }));
};

/** Streams one word, then breaks off. */
export const breaksOff: Script = (_request, observer) => {
  const frames = streamFrames(['Hel', 'lo']);
  for (const frame of frames.slice(0, 2)) observer.onFrames(Buffer.from(frame), () => undefined);
  return Promise.resolve(failure({ started: true, retryable: false, upstreamStatus: 200 }));
};
