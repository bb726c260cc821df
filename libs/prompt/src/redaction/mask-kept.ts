import type { PiiKind } from '@relay/contracts';
import { MAX_INSPECTED_CHARS } from '../signals/inspection';
import { placeholdersIn } from './placeholders';
import { Redactor } from './redact-request';
import { isInspectable, type JsonObject, mapTexts } from './request-texts';

/** Stands for what could not be looked through whole: kept as it is it might hold what nobody wants kept. */
export const NOT_KEPT = '[not kept: too long, or too deep, to be looked through for personal data]';

export interface MaskedTexts {
  readonly texts: readonly string[];
  readonly changed: boolean;
}

/**
 * Texts that are to be kept, mostly JSON, with personal and secret data replaced by placeholders, one numbering for all of them. Inline
 * images and recordings stay as they are.
 */
export function maskKept(texts: readonly string[], kinds: readonly PiiKind[]): MaskedTexts {
  const taken = new Set(texts.flatMap((text) => placeholdersIn(text)));
  const redactor = new Redactor(taken, kinds);
  const masked = texts.map((text) => maskOne(text, redactor));
  return { texts: masked, changed: masked.some((text, i) => text !== texts[i]) };
}

function maskOne(text: string, redactor: Redactor): string {
  const value = parsed(text);
  if (value === undefined) return text.length <= MAX_INSPECTED_CHARS ? redactor.redact(text) : NOT_KEPT;
  const whole: JsonObject = { value };
  if (!isInspectable(whole)) return NOT_KEPT;
  const masked = mapTexts(whole, (each) => redactor.redact(each));
  return masked === whole ? text : JSON.stringify(masked['value']);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
