/** Bytes of an unfinished frame that are kept, at most. A longer frame is handed on in pieces, as it came. */
export const MAX_HELD_FRAME_BYTES = 1_048_576;

const FRAME_END = /\r\n\r\n|\n\n|\r\r|\n\r\n/g;
const LONGEST_END_BYTES = 4;

/** A whole frame with its blank line, or, with `whole` false, a piece of one too long to keep. Latin-1: a character a byte. */
type FrameSink = (frame: string, whole: boolean) => void;

/** Cuts an event stream (WHATWG HTML, 9.2.6) into frames, however the bytes arrive. */
export class FrameCutter {
  private held = '';
  private inPieces = false;

  constructor(private readonly sink: FrameSink) {}

  push(bytes: Buffer): void {
    const searchFrom = Math.max(0, this.held.length - LONGEST_END_BYTES + 1);
    const text = this.held + bytes.toString('latin1');
    let from = 0;
    FRAME_END.lastIndex = searchFrom;
    for (let end = FRAME_END.exec(text); end !== null; end = FRAME_END.exec(text)) {
      const to = FRAME_END.lastIndex;
      this.sink(text.slice(from, to), !this.inPieces);
      this.inPieces = false;
      from = to;
    }
    this.held = from === 0 ? text : text.slice(from);
    if (this.held.length <= MAX_HELD_FRAME_BYTES) return;
    this.sink(this.held, false);
    this.held = '';
    this.inPieces = true;
  }

  /** What was left without a blank line. */
  end(): string {
    const rest = this.held;
    this.held = '';
    return rest;
  }
}
