import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';

const INTERVAL_MS = 500;
/** A file that changed less than this ago, in ms, may be half written; longer than the interval, so that it is looked at twice. */
const SETTLE_MS = 700;

/** How a file looks from outside; '' if there is none. */
export type FileStamp = string;

const stampOf = ({ mtimeMs, size }: { mtimeMs: number; size: number }): FileStamp => `${mtimeMs} ${size}`;

/** Taken before a file is read, so that a change meanwhile is noticed afterwards. */
export function fileStamp(file: string): FileStamp {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats ? stampOf(stats) : '';
}

/** Tells, once it has settled, that any of a few files changed, came or went. Looks at intervals, which works on every file system. */
export class FileWatcher {
  private stamps = new Map<string, FileStamp>();
  private settling: NodeJS.Timeout | undefined;
  private readonly timer = setInterval(() => void this.look(), INTERVAL_MS).unref();

  constructor(private readonly onSettled: () => void) {}

  /** From now on these files and no others, as they looked when they were read. */
  watch(files: ReadonlyMap<string, FileStamp>): void {
    this.stamps = new Map(files);
  }

  stop(): void {
    clearInterval(this.timer);
    clearTimeout(this.settling);
    this.stamps.clear();
  }

  private async look(): Promise<void> {
    const { stamps } = this;
    for (const [file, before] of stamps) {
      const now = await stat(file).then(stampOf, () => '');
      if (now === before || this.stamps !== stamps || !stamps.has(file)) continue;
      stamps.set(file, now);
      clearTimeout(this.settling);
      this.settling = setTimeout(this.onSettled, SETTLE_MS); // another change meanwhile starts the wait anew
    }
  }
}
