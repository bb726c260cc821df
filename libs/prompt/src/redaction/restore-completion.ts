import { mapJsonStrings } from './json-strings';
import { jsonEscaped, placeholdersIn, restoreText, type RedactionTable } from './placeholders';

export interface RestoreOptions {
  /** The words of the answer are JSON themselves (`response_format`): originals are escaped once more. */
  readonly jsonContent: boolean;
}

/** Fields whose text is JSON. */
const ARGUMENTS = 'arguments';

/** Members of an answer that say something: of completions, of responses with what these repeat of the request, of messages. */
const SAYING: ReadonlySet<string> = new Set([
  'choices',
  'output',
  'instructions',
  'tools',
  'metadata',
  'user',
  'content',
]);
/** Fields that hold the words of an answer, in completions and in responses. */
const WORDS: ReadonlySet<string> = new Set(['content', 'text']);

/**
 * An answer, as JSON text, with the originals put back where it says something. Other members, and all bytes outside of strings that
 * change, stay as they came.
 */
export function restoreCompletion(json: string, table: RedactionTable, options: RestoreOptions): string {
  return restore(json, table, options, (topKey) => SAYING.has(topKey ?? ''));
}

/** The same for an event of a stream, wherever in it strings stand. */
export function restoreStrings(json: string, table: RedactionTable, options: RestoreOptions): string {
  return restore(json, table, options, () => true);
}

function restore(
  json: string,
  table: RedactionTable,
  { jsonContent }: RestoreOptions,
  says: (topKey: string | null) => boolean,
): string {
  if (!placeholdersIn(json).some((name) => table.has(name))) return json;
  return mapJsonStrings(json, (value, { topKey, key, isKey }) => {
    if (isKey || !says(topKey)) return value;
    const isJson = key === ARGUMENTS || (jsonContent && WORDS.has(key ?? ''));
    return restoreText(value, table, isJson ? jsonEscaped : undefined);
  });
}
