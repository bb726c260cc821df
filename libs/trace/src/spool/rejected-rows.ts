import { appendFileSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'rejected.ndjson';
/** The file is for a person to look at; more of the same would not tell more. */
const MAX_FILE_BYTES = 67_108_864;

/** Rows that the database refuses for what they hold, set aside so that they do not block the others. */
export class RejectedRows {
  count = 0;

  constructor(private readonly directory: string) {}

  /** The line is kept as text: it may not even be JSON. */
  add(line: string, reason: string): void {
    this.count++;
    const path = join(this.directory, FILE);
    try {
      mkdirSync(this.directory, { recursive: true });
      const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
      if (size < MAX_FILE_BYTES) appendFileSync(path, JSON.stringify({ reason, line }) + '\n', { mode: 0o600 });
    } catch {
      // The count and the log still tell of it.
    }
  }
}
