import type { PiiKind } from '@relay/contracts';

/** What stands for a value: placeholder to original. In the order in which the values appear. */
export type RedactionTable = ReadonlyMap<string, string>;

const NAMES = {
  email: 'EMAIL',
  phone: 'PHONE',
  card: 'CARD',
  iban: 'IBAN',
  ip: 'IP',
  jwt: 'JWT',
  'private-key': 'PRIVATE_KEY',
  'api-key': 'API_KEY',
  'us-ssn': 'US_SSN',
} as const satisfies Record<PiiKind, string>;

/** `[EMAIL_1]`. Seven digits: a text that is inspected has no room for more values. */
const PLACEHOLDER = new RegExp(`\\[(?:${Object.values(NAMES).join('|')})_\\d{1,7}\\]`, 'g');

export const placeholder = (kind: PiiKind, number: number): string => `[${NAMES[kind]}_${number}]`;

/** Everything in the text that reads like a placeholder, whoever wrote it. */
export const placeholdersIn = (text: string): readonly string[] => text.match(PLACEHOLDER) ?? [];

/** The text with the originals put back; `escape` fits them into what surrounds them. What the table does not know stays. */
export function restoreText(text: string, table: RedactionTable, escape: (original: string) => string = asIs): string {
  return text.replace(PLACEHOLDER, (found) => {
    const original = table.get(found);
    return original === undefined ? found : escape(original);
  });
}

const asIs = (original: string): string => original;

/** As it is written inside a JSON string, without the quotes. */
export const jsonEscaped = (original: string): string => JSON.stringify(original).slice(1, -1);
