export interface StreamEvent {
  readonly name: string;
  readonly data: string;
  readonly id?: string; // where to go on after a break
}

/** Lines of an event stream that belong to no whole event yet, at most, in characters; a longer one is dropped. */
const MAX_PENDING = 16_000_000;

/** Reads server-sent events (WHATWG HTML, 9.2) from pieces that break anywhere. */
export class EventParser {
  private pending = '';

  push(piece: string): StreamEvent[] {
    this.pending = (this.pending + piece).replaceAll('\r\n', '\n');
    const blocks = this.pending.split('\n\n');
    this.pending = blocks.pop() ?? '';
    if (this.pending.length > MAX_PENDING) this.pending = '';
    return blocks.flatMap(readBlock);
  }
}

function readBlock(block: string): StreamEvent[] {
  let name = 'message';
  let id: string | undefined;
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const [, field, value = ''] = /^(event|data|id): ?(.*)$/s.exec(line) ?? [];
    if (field === 'event') name = value;
    if (field === 'data') data.push(value);
    if (field === 'id') id = value;
  }
  return data.length > 0 ? [{ name, data: data.join('\n'), ...(id === undefined ? {} : { id }) }] : [];
}
