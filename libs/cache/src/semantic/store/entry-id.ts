const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** Whether it can be the id of an entry; exact keys and what people type cannot. */
export const isEntryId = (text: string): boolean => UUID.test(text);
