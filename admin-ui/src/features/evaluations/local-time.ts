const MINUTE_MS = 60_000;
const MINUTES_CHARS = '2026-03-01T12:00'.length;

/** As a field of type datetime-local has it: the clock of the reader, to the minute. */
export function toLocal(iso: string): string {
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return '';
  const offset = new Date(at).getTimezoneOffset() * MINUTE_MS;
  return new Date(at - offset).toISOString().slice(0, MINUTES_CHARS);
}

export function fromLocal(text: string): string | null {
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}
