import { RelayError } from '@relay/core';
import { type JsonObject, parseObject } from '../json/json-object';
import type { MessageEvent } from './event-frame';

/** Of blocks that cannot be told yet, this many characters are held. */
const MAX_HELD_CHARS = 16 * 1_048_576;

type Kind = 'text' | 'thinking' | 'tool';

export interface CallStart {
  readonly id: string;
  name: string;
}

interface Block {
  readonly kind: Kind;
  readonly call: CallStart | null;
  /** Pieces that were not told yet. */
  held: string[];
  /** Of a tool: its arguments so far. */
  json: string;
}

/**
 * Blocks of one message as they come to be. Clients expect them one after the other, while chat may tell several calls in turn: one
 * block is open at a time, the others wait until it is complete.
 *
 *     chat      call 0 {"a":   call 1 {"b":   call 0 1}   call 1 2}
 *     told      ▐ block 0 {"a":             ▐ 1} ■ ▐ block 1 {"b": ▐ 2} ■
 */
export class MessageBlocks {
  private readonly waiting: Block[] = [];
  private open: Block | null = null;
  private index = -1;
  private heldChars = 0;
  private events: MessageEvent[] = [];

  /** Text or a thought: goes on where the last block is of its kind. */
  say(kind: 'text' | 'thinking', piece: string): void {
    if (piece === '') return;
    const last = this.waiting.at(-1) ?? this.open;
    this.add(last?.kind === kind ? last : this.begin(kind, null), piece);
  }

  /** A call begins; its arguments are given with the handle. Without a name it waits for one. */
  call(start: CallStart): (piece: string) => void {
    const block = this.begin('tool', start);
    return (piece) => this.add(block, piece);
  }

  /** Nothing more comes: what still waits is told. */
  end(): void {
    for (;;) {
      this.close();
      const next = this.waiting.shift();
      if (!next) return;
      this.start(next);
    }
  }

  /** The events since the last time. */
  take(): MessageEvent[] {
    const { events } = this;
    this.events = [];
    return events;
  }

  private begin(kind: Kind, call: CallStart | null): Block {
    const block: Block = { kind, call, held: [], json: '' };
    this.waiting.push(block);
    this.advance();
    return block;
  }

  /** What comes for a call after its arguments are a whole object is white space. */
  private add(block: Block, piece: string): void {
    if (block.kind === 'tool') block.json += piece;
    if (block === this.open) this.tell(block, piece);
    else if (this.waiting.includes(block)) this.hold(block, piece);
    this.advance();
  }

  private hold(block: Block, piece: string): void {
    this.heldChars += piece.length;
    if (this.heldChars > MAX_HELD_CHARS)
      throw new RelayError('upstream_error', `The provider told more than ${MAX_HELD_CHARS} characters out of turn.`);
    block.held.push(piece);
  }

  private advance(): void {
    for (let next = this.waiting[0]; next && isNamed(next) && isComplete(this.open); next = this.waiting[0]) {
      this.close();
      this.waiting.shift();
      this.start(next);
    }
  }

  private start(block: Block): void {
    this.open = block;
    this.index++;
    this.events.push({ type: 'content_block_start', index: this.index, content_block: emptyBlock(block) });
    for (const piece of block.held) {
      this.heldChars -= piece.length;
      this.tell(block, piece);
    }
    block.held = [];
  }

  private tell({ kind }: Block, piece: string): void {
    if (piece === '') return;
    this.events.push({ type: 'content_block_delta', index: this.index, delta: deltaOf(kind, piece) });
  }

  private close(): void {
    if (this.open) this.events.push({ type: 'content_block_stop', index: this.index });
    this.open = null;
  }
}

const isNamed = ({ call }: Block): boolean => call === null || call.name !== '';

function isComplete(open: Block | null): boolean {
  return open?.kind !== 'tool' || (open.json.trimEnd().endsWith('}') && parseObject(open.json) !== null);
}

function emptyBlock({ kind, call }: Block): JsonObject {
  if (kind === 'text') return { type: 'text', text: '' };
  if (kind === 'thinking') return { type: 'thinking', thinking: '', signature: '' };
  return { type: 'tool_use', ...call, input: {} };
}

function deltaOf(kind: Kind, piece: string): JsonObject {
  if (kind === 'text') return { type: 'text_delta', text: piece };
  return kind === 'thinking'
    ? { type: 'thinking_delta', thinking: piece }
    : { type: 'input_json_delta', partial_json: piece };
}
