/** Words that tie an answer to the moment of asking. */
const NOW =
  /\b(?:today|tonight|tomorrow|yesterday|right now|at the moment|currently|latest|as of now|heute|morgen|gestern|aujourd.hui|demain|hier|hoy|ayer)\b/i;

/** Whether the answer depends on when it is asked. */
export function asksAboutNow(text: string): boolean {
  return NOW.test(text);
}
