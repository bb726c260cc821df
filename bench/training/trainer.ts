/** Trains one kind of model from the command line. */
export interface Trainer {
  readonly summary: string;
  /** Throws with a line for a person on options or data that it cannot take. */
  run(args: readonly string[], say: (line: string) => void): Promise<void>;
}
