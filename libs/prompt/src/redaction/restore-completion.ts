import { mapJsonStrings } from './json-strings';
import { jsonEscaped, placeholdersIn, restoreText, type RedactionTable } from './placeholders';

export interface RestoreOptions {
  /** The words of the answer are JSON themselves (`response_format`): originals are escaped once more. */
  readonly jsonContent: boolean;
}

/** Fields whose text is JSON. */
const ARGUMENTS = 'arguments';

/**
 * A `chat.completion`, as JSON text, with the originals put back in its choices. Other members, and all bytes outside of strings that
 * change, stay as they came.
 */
export function restoreCompletion(json: string, table: RedactionTable, { jsonContent }: RestoreOptions): string {
  if (!placeholdersIn(json).some((name) => table.has(name))) return json;
  return mapJsonStrings(json, (value, { topKey, key, isKey }) => {
    if (topKey !== 'choices' || isKey) return value;
    const isJson = key === ARGUMENTS || (jsonContent && key === 'content');
    return restoreText(value, table, isJson ? jsonEscaped : undefined);
  });
}
