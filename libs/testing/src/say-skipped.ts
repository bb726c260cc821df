/** One line on standard error, without Jest's stack trace round it. */
export function saySkipped(what: string): void {
  process.stderr.write(`skipped: ${what}\n`);
}
