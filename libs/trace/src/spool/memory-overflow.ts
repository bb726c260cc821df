import { LineBatch } from '../domain/line-batch';

/** Lines that could not be written to disk, kept within a bound until they are stored or the process ends. */
export class MemoryOverflow {
  private readonly lines: { readonly text: string; readonly bytes: number }[] = [];
  bytes = 0;

  constructor(private readonly maxBytes: number) {}

  /** False if there is no room. */
  add(text: string, bytes: number): boolean {
    if (this.bytes + bytes > this.maxBytes) return false;
    this.lines.push({ text, bytes });
    this.bytes += bytes;
    return true;
  }

  /** The oldest lines, at least one and otherwise within both bounds; null if there is none. */
  batch(maxLines: number, maxBytes: number): LineBatch | null {
    if (this.lines.length === 0) return null;
    let text = '\n'; // the spare byte
    for (const line of this.lines.slice(0, maxLines)) {
      if (text.length > 1 && text.length + line.text.length > maxBytes) break;
      text += line.text;
    }
    const buffer = Buffer.from(text);
    return new LineBatch(buffer, buffer.length, maxLines);
  }

  removeFirst(count: number): void {
    for (const line of this.lines.splice(0, count)) this.bytes -= line.bytes;
  }
}
