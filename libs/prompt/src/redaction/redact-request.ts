import type { PiiKind } from '@relay/contracts';
import { MAX_INSPECTED_CHARS } from '../signals/inspection';
import { findPii, PII_KINDS } from '../signals/pii/find-pii';
import { placeholder, placeholdersIn, type RedactionTable } from './placeholders';
import { type JsonObject, mapTexts } from './request-texts';

export interface Redaction<T> {
  readonly request: T;
  readonly table: RedactionTable;
  readonly kinds: readonly PiiKind[]; // that were found, sorted
  readonly count: number; // of places that were redacted
}

/**
 * The request with personal and secret data replaced by placeholders: `[EMAIL_1]` for the first address and wherever it stands again,
 * `[EMAIL_2]` for the next; messages count first. Numbers that some text uses already are left out, so that no placeholder means two
 * things. Covers every text only where the request `isInspectable`: ask that first.
 */
export function redactRequest<T extends JsonObject>(request: T, kinds: readonly PiiKind[] = PII_KINDS): Redaction<T> {
  const redactor = new Redactor(placeholdersOf(request), kinds);
  const redacted = mapTexts(request, (text) => redactor.redact(text));
  return { request: redacted, table: redactor.table, kinds: [...redactor.found].sort(), count: redactor.count };
}

/** One text with placeholders; values that `known` holds get the ones that they have there, and `known` stays as it is. */
export function maskText(text: string, kinds: readonly PiiKind[], known: RedactionTable): string {
  return new Redactor(new Set(known.keys()), kinds, known).redact(text);
}

/** The kinds of personal and secret data in the first `MAX_INSPECTED_CHARS` of the texts of the request, sorted. */
export function piiKindsOf(request: JsonObject, kinds: readonly PiiKind[] = PII_KINDS): PiiKind[] {
  const found = new Set<PiiKind>();
  let left = MAX_INSPECTED_CHARS;
  mapTexts(request, (text) => {
    if (left > 0) for (const { kind } of findPii(text.slice(0, left), kinds)) found.add(kind);
    left -= text.length;
    return text;
  });
  return [...found].sort();
}

/** Replaces values by placeholders, the same one wherever a value stands. */
export class Redactor {
  readonly table = new Map<string, string>();
  readonly found = new Set<PiiKind>();
  count = 0;
  private readonly byValue: Map<string, string>;
  private readonly numbers = new Map<PiiKind, number>();

  constructor(
    private readonly taken: ReadonlySet<string>,
    private readonly kinds: readonly PiiKind[],
    known: RedactionTable = new Map(),
  ) {
    this.byValue = new Map([...known].map(([name, value]) => [value, name]));
  }

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

function placeholdersOf(request: JsonObject): ReadonlySet<string> {
  const taken = new Set<string>();
  mapTexts(request, (text) => {
    for (const name of placeholdersIn(text)) taken.add(name);
    return text;
  });
  return taken;
}
