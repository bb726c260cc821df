const ORDER = /^\s{0,9}(?:please |can you |could you )?(?:send|delete|book|transfer|cancel|order|buy)\b/i;

/** Whether something is to be done rather than said. */
export function ordersAnAct(text: string): boolean {
  return ORDER.test(text);
}
