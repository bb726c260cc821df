/** Characters (UTF-16 units) of one text, or of one conversation, that signals look at; what lies behind is not inspected. */
export const MAX_INSPECTED_CHARS = 1_000_000;

/** The part of the text that is looked at. */
export const inspected = (text: string): string =>
  text.length > MAX_INSPECTED_CHARS ? text.slice(0, MAX_INSPECTED_CHARS) : text;

/** Lists and objects inside one another that are looked into; what the API documents needs about 20, schemas of tools included. */
export const MAX_INSPECTED_DEPTH = 100;
