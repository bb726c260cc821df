const REDACTED = '[redacted]';

// Keys as providers write them (sk-…, gsk_…, xai-…, AIza…) and anything that follows "Bearer".
const KEY_PATTERNS = /\b(?:sk|pk|gsk|xai|rk)[-_][A-Za-z0-9_*.-]{6,}|\bAIza[\w-]{10,}|\bBearer\s+[\w.~+/=*-]{6,}/g;

/** The text without the given secrets and without anything that looks like a provider's key. */
export function redact(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) clean = clean.replaceAll(secret, REDACTED);
  return clean.replace(KEY_PATTERNS, REDACTED);
}

/** An upstream's own words are quoted no longer than this, in characters. */
const MAX_QUOTE_CHARS = 300;

/** A short, clean, one-line quotation. */
export function quote(text: string, secrets: readonly string[]): string {
  const line = redact(text, secrets)
    .replace(/\p{Cc}+/gu, ' ') // control characters, line breaks among them
    .trim();
  return line.length > MAX_QUOTE_CHARS ? `${line.slice(0, MAX_QUOTE_CHARS)}…` : line;
}
