/** PostgreSQL keeps no NUL in texts, and UTF-8 has no lone surrogates: both become U+FFFD. */
export const storable = (text: string): string => text.replaceAll('\0', '\uFFFD').toWellFormed();

/** Whether it can be stored as it is. */
export const isStorable = (text: string): boolean => storable(text) === text;
