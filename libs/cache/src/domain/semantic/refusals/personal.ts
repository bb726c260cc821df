const STATE =
  /\b(?:my|mein\w{0,2}|mon|ma|mes|mi|mis)\s{1,3}(?:balance|account balance|order|kontostand|solde|saldo)\b/i;

/** Whether the answer depends on who asks. */
export function asksAboutMe(text: string): boolean {
  return STATE.test(text);
}
