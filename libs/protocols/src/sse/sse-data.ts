/** What a complete event stream says: the data of its events up to `[DONE]`. */
export interface SseData {
  readonly payloads: readonly string[];
  readonly done: boolean;
  /** An event named `error` was among them. */
  readonly failed: boolean;
}

/** Reads a whole event stream (HTML Living Standard, 9.2.6): LF, CRLF or CR line ends, comments, data of several lines. */
export function readSseData(text: string): SseData {
  const payloads: string[] = [];
  let data: string | undefined;
  let failed = false;
  for (const line of splitLines(text)) {
    if (line.startsWith('data:')) {
      const value = fieldValue(line, 5);
      data = data === undefined ? value : `${data}\n${value}`;
    } else if (line === '') {
      if (data === '[DONE]') return { payloads, done: true, failed };
      if (data !== undefined) payloads.push(data);
      data = undefined;
    } else if (line.startsWith('event:') && fieldValue(line, 6) === 'error') failed = true;
  }
  return { payloads, done: data === '[DONE]', failed }; // some servers end with it, without the blank line
}

function splitLines(text: string): string[] {
  const body = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text; // a byte order mark is no part of the first line
  return body.includes('\r') ? body.split(/\r\n|\n|\r/) : body.split('\n');
}

function fieldValue(line: string, from: number): string {
  return line.charCodeAt(from) === 0x20 ? line.slice(from + 1) : line.slice(from);
}
