import { choiceOf, choiceTexts, isJsonObject, type JsonObject } from './delta-texts';
import { endedText, eventText, type EventText } from './event-texts';
import { FrameCutter } from './frame-cutter';
import { HeldTexts } from './held-texts';
import { jsonEscaped, type RedactionTable } from './placeholders';
import { restoreStrings, type RestoreOptions } from './restore-completion';

/** A bracket before a capital letter or before the end of a string: without one a frame has no part of a placeholder. */
const MAY_BEGIN_PLACEHOLDER = /\[["A-Z]/;

/**
 * Puts originals back into a stream of generated text (server-sent events): chunks of completions, or events of a response or a message.
 * A placeholder may be torn over any number of chunks; only the piece that could still become one waits for the next chunk of its text, or for its choice to finish. Frames that
 * hold no part of one pass as the bytes they came in.
 *
 *     "Write to [EMA"  ->  "Write to "        held: [EMA
 *     "IL_1] or call"  ->  "alice@example.com or call"
 */
export class StreamRestorer {
  private readonly cutter = new FrameCutter((frame, whole) => this.pass(frame, whole));
  private readonly texts: HeldTexts;
  private shell: JsonObject = {}; // the last chunk that was looked into, without its choices
  private readonly lastOf = new Map<string, EventText>(); // of each text of events of which something was held
  private out: string[] = []; // latin-1

  constructor(
    private readonly table: RedactionTable,
    private readonly options: RestoreOptions,
  ) {
    this.texts = new HeldTexts(table);
  }

  /** What can be handed on now; may be empty. */
  push(bytes: Buffer): Buffer {
    this.cutter.push(bytes);
    return this.takeOut();
  }

  /** The rest of the stream, with nothing held back any more. */
  end(tail: Buffer): Buffer {
    this.cutter.push(tail);
    const rest = this.cutter.end();
    if (rest !== '') this.pass(rest, true);
    this.release('');
    return this.takeOut();
  }

  private takeOut(): Buffer {
    const bytes = Buffer.from(this.out.join(''), 'latin1');
    this.out = [];
    return bytes;
  }

  private pass(frame: string, whole: boolean): void {
    if (whole && (!this.texts.isEmpty || MAY_BEGIN_PLACEHOLDER.test(frame))) this.look(frame);
    else this.out.push(frame);
  }

  private look(frame: string): void {
    const data = dataOf(frame);
    if (data === null) return void this.out.push(frame); // a comment
    const chunk = parsed(data);
    if (!chunk || !Array.isArray(chunk['choices'])) {
      const isLast = data.trim() === '[DONE]' || (chunk !== null && 'error' in chunk);
      if (isLast) this.release('');
      return void this.out.push(chunk === null || isLast ? frame : this.restoreEvent(frame, chunk, data));
    }
    const { choices, usage: _usage, ...shell } = chunk;
    this.shell = shell;
    const changed = choices.map((choice) => this.restoreChoice(choice)).includes(true);
    this.out.push(changed ? withData(frame, JSON.stringify(chunk)) : frame);
  }

  /** Restores the choice in place; true if that changed it. */
  private restoreChoice(choice: unknown): boolean {
    if (!isJsonObject(choice)) return false;
    const index = typeof choice['index'] === 'number' ? choice['index'] : 0;
    const last = typeof choice['finish_reason'] === 'string';
    let changed = false;
    for (const text of choiceTexts(choice)) {
      const isJson = text.isArguments || (text.isContent && this.options.jsonContent);
      const restored = this.texts.take(`${index}/${text.id}`, text.piece, isJson ? jsonEscaped : undefined, last);
      if (restored === text.piece) continue;
      text.set(restored);
      changed = true;
    }
    if (last) this.release(`${index}/`);
    return changed;
  }

  /** An event that tells a whole text, or all of them, comes when nothing of that text is held any more. */
  private restoreEvent(frame: string, event: JsonObject, data: string): string {
    const text = eventText(event);
    if (text !== null) return this.restorePiece(frame, text);
    const ended = endedText(event);
    if (ended !== null) {
      this.release(ended);
      this.lastOf.delete(ended);
    }
    const restored = restoreStrings(data, this.table, this.options);
    return restored === data ? frame : withData(frame, restored);
  }

  private restorePiece(frame: string, text: EventText): string {
    const isJson = text.isArguments || (text.isContent && this.options.jsonContent);
    const restored = this.texts.take(text.id, text.piece, isJson ? jsonEscaped : undefined, false);
    if (restored === text.piece) return frame;
    this.lastOf.set(text.id, text);
    return withData(frame, JSON.stringify(text.with(restored)));
  }

  /** Hands on what was held of texts that have ended, in frames of their own. */
  private release(prefix: string): void {
    if (this.texts.isEmpty) return;
    for (const [id, piece] of this.texts.release(prefix)) {
      const event = this.lastOf.get(id)?.with(piece);
      if (event !== undefined) {
        this.out.push(`event: ${String(event['type'])}\n${frameOf(JSON.stringify(event))}`);
        continue;
      }
      const [index, text = ''] = id.split('/');
      const choice = choiceOf(Number(index), text, piece);
      this.out.push(frameOf(JSON.stringify({ ...this.shell, choices: [choice] })));
    }
  }
}

/** UTF-8 text, the way a frame holds it: a character a byte. */
const asLatin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
const frameOf = (json: string): string => `data: ${asLatin1(json)}\n\n`;

/** The data of a frame, its lines joined; null if it has none. */
function dataOf(frame: string): string | null {
  const lines = frame.split(/\r\n|\n|\r/).filter((line) => line.startsWith('data:'));
  if (lines.length === 0) return null;
  const data = lines.map((line) => line.slice(line[5] === ' ' ? 6 : 5)).join('\n');
  return Buffer.from(data, 'latin1').toString('utf8');
}

/** The frame with other data; its other lines and its line ends stay. */
function withData(frame: string, json: string): string {
  let written = false;
  return frame.replace(/^data:[^\r\n]*(?:\r\n|\n|\r|$)/gm, (line) => {
    if (written) return '';
    written = true;
    return `data: ${asLatin1(json)}${/[\r\n]*$/.exec(line)?.[0] ?? ''}`;
  });
}

function parsed(data: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(data);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}
