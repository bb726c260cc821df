export const EXIT_PROBLEM = 1; // something is wrong, or differs
export const EXIT_USAGE = 2;

/** What a person can do something about: told in one line. */
export class CliError extends Error {
  override readonly name = 'CliError';
  constructor(
    message: string,
    readonly exitCode: number = EXIT_PROBLEM,
  ) {
    super(message);
  }
}
