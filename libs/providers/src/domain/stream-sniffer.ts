import { findMember, hasNonNullMember } from './byte-probe';
import type { ChatDialect } from './chat-dialect';
import { finishReasonOf } from './completion-body';
import { hasDeltaContent } from './delta';
import { skipValue } from './json-scanner';
import { firstBoundary, frameData, type FrameSink, SseSplitter } from './sse-frames';
import { isJsonObject, type JsonObject, readUsage, type Usage } from './usage';

const USAGE_KEY = Buffer.from('"usage"');
const ERROR_KEY = Buffer.from('"error"');
const FINISH_KEY = Buffer.from('"finish_reason"');
const DONE_MARK = Buffer.from('[DONE]');
const OPEN_BRACE = 0x7b;
const QUOTE = 0x22;

/** Frames before the first content are held so that another target can still take over, up to this many bytes. */
const MAX_PREFACE_BYTES = 16_384;
/** Of a frame too long to hold, this much of its end is looked at for usage and the finish reason. */
const LONG_FRAME_TAIL_BYTES = 4_096;

interface SnifferOptions {
  readonly dialect: ChatDialect;
  /** The client asked for the usage chunk itself; otherwise it was asked for on the relay's behalf and is taken out. */
  readonly keepUsageFrame: boolean;
}

/**
 * Watches a chat stream go by. Frames pass as the bytes they came in; JSON is parsed only up to the first content and where
 * bytes show a usage or an error. Pure: bytes in, bytes to forward out, facts as properties.
 *
 *     role, pings            content …                      usage frame, [DONE]
 *     └ preface: held ──────►└ forwarded in the same tick ─►└ tail: held for the caller
 */
export class StreamSniffer implements FrameSink {
  usage: Usage | null = null;
  finishReason: string | null = null;
  /** Content, reasoning, a tool call or the end of the answer was seen. */
  contentSeen = false;
  /** `[DONE]` was seen; what follows it is ignored. */
  done = false;
  /** The payload of an error event inside the stream. */
  reported: JsonObject | null = null;

  private readonly splitter = new SseSplitter(this);
  private out: Buffer[] = [];
  private preface: Buffer[] = [];
  private prefaceBytes = 0;
  private tailFrames: Buffer[] = [];
  private longFrameTail: Buffer | null = null;

  constructor(private readonly options: SnifferOptions) {}

  /** What to forward now; null if nothing. */
  push(chunk: Buffer): Buffer | null {
    this.splitter.push(chunk);
    return this.takeOut();
  }

  /** The body has ended. A last frame that lacks only its blank line counts; a torn one is dropped. */
  end(): Buffer | null {
    const rest = this.splitter.end();
    if (rest !== null && !this.done) this.lastFrame(rest);
    return this.takeOut();
  }

  /** The frames that close the stream: usage if the client asked for it, `[DONE]` if it came. */
  get tail(): Buffer {
    return Buffer.concat(this.tailFrames);
  }

  frames(bytes: Buffer): void {
    if (this.isOver()) return;
    if (this.contentSeen && this.tailFrames.length === 0 && isPlain(bytes)) {
      this.noteFinish(bytes);
      this.out.push(bytes);
      return;
    }
    for (let from = 0; from < bytes.length && !this.isOver();) {
      const end = firstBoundary(bytes, from);
      const to = end === -1 ? bytes.length : end;
      this.inspect(bytes.subarray(from, to));
      from = to;
    }
  }

  piece(bytes: Buffer, last: boolean): void {
    if (this.isOver()) return;
    this.contentSeen = true;
    this.forward(bytes);
    const recent = this.longFrameTail ? Buffer.concat([this.longFrameTail, bytes]) : bytes;
    this.longFrameTail = recent.subarray(Math.max(0, recent.length - LONG_FRAME_TAIL_BYTES));
    if (!last) return;
    this.noteFinish(this.longFrameTail);
    this.usage = usageIn(this.longFrameTail) ?? this.usage;
    this.longFrameTail = null;
  }

  private isOver(): boolean {
    return this.done || this.reported !== null;
  }

  private inspect(frame: Buffer): void {
    const data = frameData(frame);
    if (data === null) return this.pass(frame);
    if (data.trim() === '[DONE]') {
      this.done = true;
      this.flushPreface(); // an answer without content is an answer
      this.tailFrames.push(frame);
      return;
    }
    const payload = parse(data);
    if (payload === null) return this.pass(frame); // a malformed chunk is the client's to judge; it does not void the rest
    if (payload['error']) this.reported = payload;
    else this.route(frame, payload);
  }

  private route(frame: Buffer, payload: JsonObject): void {
    const usage = readUsage(this.options.dialect.usageOf(payload));
    if (usage) this.usage = usage;
    this.finishReason = finishReasonOf(payload) ?? this.finishReason;
    if (usage && hasNoChoices(payload)) {
      if (this.options.keepUsageFrame) this.tailFrames.push(frame);
      return;
    }
    if (this.finishReason !== null || hasDeltaContent(payload)) this.contentSeen = true;
    this.pass(frame);
  }

  /** Forwards the frame, or holds it while nothing of substance has come. */
  private pass(frame: Buffer): void {
    if (this.contentSeen) return this.forward(frame);
    this.preface.push(frame);
    this.prefaceBytes += frame.length;
    if (this.prefaceBytes > MAX_PREFACE_BYTES) this.flushPreface();
  }

  /** A frame after a held usage frame lets that one go first: the order of the stream stays. */
  private forward(bytes: Buffer): void {
    this.flushPreface();
    if (this.tailFrames.length > 0) {
      this.out.push(...this.tailFrames);
      this.tailFrames = [];
    }
    this.out.push(bytes);
  }

  private flushPreface(): void {
    if (this.preface.length === 0) return;
    this.out.push(...this.preface);
    this.preface = [];
    this.prefaceBytes = 0;
  }

  private lastFrame(rest: Buffer): void {
    const data = frameData(rest);
    if (data === null || (data.trim() !== '[DONE]' && parse(data) === null)) return;
    this.frames(Buffer.concat([rest, Buffer.from('\n\n')]));
  }

  private noteFinish(bytes: Buffer): void {
    const start = findMember(bytes, FINISH_KEY, QUOTE);
    if (start !== -1) this.finishReason = bytes.toString('utf8', start + 1, skipValue(bytes, start) - 1);
  }

  private takeOut(): Buffer | null {
    const first = this.out[0];
    if (first === undefined) return null;
    const bytes = this.out.length === 1 ? first : Buffer.concat(this.out);
    this.out = [];
    return bytes;
  }
}

/** Nothing in these frames needs a look at their JSON. */
function isPlain(bytes: Buffer): boolean {
  return (
    !bytes.includes(DONE_MARK) && findMember(bytes, USAGE_KEY, OPEN_BRACE) === -1 && !hasNonNullMember(bytes, ERROR_KEY)
  );
}

function parse(data: string): JsonObject | null {
  try {
    const payload: unknown = JSON.parse(data);
    return isJsonObject(payload) ? payload : null;
  } catch {
    return null;
  }
}

function hasNoChoices(payload: JsonObject): boolean {
  const choices = payload['choices'];
  return !Array.isArray(choices) || choices.length === 0;
}

function usageIn(bytes: Buffer): Usage | null {
  const start = findMember(bytes, USAGE_KEY, OPEN_BRACE);
  return start === -1 ? null : readUsage(parse(bytes.toString('utf8', start, skipValue(bytes, start))));
}
