import type { ChatMessage, PiiKind } from '@relay/contracts';
import { MAX_INSPECTED_CHARS } from '../signals/inspection';
import { findPii, PII_KINDS } from '../signals/pii/find-pii';
import { mapTexts } from './message-texts';
import { placeholder, placeholdersIn, type RedactionTable } from './placeholders';

export interface Redaction {
  readonly messages: ChatMessage[];
  readonly table: RedactionTable;
  readonly kinds: readonly PiiKind[]; // that were found, sorted
  readonly count: number; // of places that were redacted
}

/**
 * The messages with personal and secret data replaced by placeholders: `[EMAIL_1]` for the first address and wherever it stands again,
 * `[EMAIL_2]` for the next. Numbers that some message uses already are left out, so that no placeholder means two things. Covers
 * everything only up to `MAX_INSPECTED_CHARS`: ask `isInspectable` first.
 */
export function redactMessages(messages: readonly ChatMessage[], kinds: readonly PiiKind[] = PII_KINDS): Redaction {
  const redactor = new Redactor(placeholdersOf(messages), kinds);
  const redacted = mapTexts(messages, (text) => redactor.redact(text));
  return { messages: redacted, table: redactor.table, kinds: [...redactor.found].sort(), count: redactor.count };
}

/** The kinds of personal and secret data in the first `MAX_INSPECTED_CHARS` of the texts of all messages, sorted. */
export function piiKindsOf(messages: readonly ChatMessage[], kinds: readonly PiiKind[] = PII_KINDS): PiiKind[] {
  const found = new Set<PiiKind>();
  let left = MAX_INSPECTED_CHARS;
  mapTexts(messages, (text) => {
    if (left > 0) for (const { kind } of findPii(text.slice(0, left), kinds)) found.add(kind);
    left -= text.length;
    return text;
  });
  return [...found].sort();
}

/** Whether all texts of the messages together are short enough to be looked at whole. */
export function isInspectable(messages: readonly ChatMessage[]): boolean {
  let chars = 0;
  mapTexts(messages, (text) => {
    chars += text.length + 1; // texts are joined with line breaks
    return text;
  });
  return chars <= MAX_INSPECTED_CHARS;
}

class Redactor {
  readonly table = new Map<string, string>();
  readonly found = new Set<PiiKind>();
  count = 0;
  private readonly byValue = new Map<string, string>();
  private readonly numbers = new Map<PiiKind, number>();

  constructor(
    private readonly taken: ReadonlySet<string>,
    private readonly kinds: readonly PiiKind[],
  ) {}

  redact(text: string): string {
    let out = '';
    let copied = 0;
    for (const { kind, start, end } of findPii(text, this.kinds)) {
      out += text.slice(copied, start) + this.placeholderOf(kind, text.slice(start, end));
      copied = end;
      this.found.add(kind);
      this.count++;
    }
    return copied === 0 ? text : out + text.slice(copied);
  }

  private placeholderOf(kind: PiiKind, value: string): string {
    const known = this.byValue.get(value);
    if (known !== undefined) return known;
    let number = this.numbers.get(kind) ?? 0;
    let name: string;
    do name = placeholder(kind, ++number);
    while (this.taken.has(name));
    this.numbers.set(kind, number);
    this.byValue.set(value, name);
    this.table.set(name, value);
    return name;
  }
}

function placeholdersOf(messages: readonly ChatMessage[]): ReadonlySet<string> {
  const taken = new Set<string>();
  mapTexts(messages, (text) => {
    for (const name of placeholdersIn(text)) taken.add(name);
    return text;
  });
  return taken;
}
