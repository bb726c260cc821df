import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const FILE_MODE = 0o600; // for its owner alone
const JWT_SECRET_BYTES = 32;

const credentialsSchema = z.object({
  jwtSecret: z.string().min(32),
  adminEmail: z.string().optional(),
  adminPassword: z.string().optional(),
  apiKey: z.string().optional(),
});

export type Credentials = z.infer<typeof credentialsSchema>;

/** The secrets that the relay made up itself, in `<RELAY_DATA_DIR>/credentials.json`, so that later starts can tell them. */
export class CredentialsFile {
  readonly path: string;

  constructor(dataDir: string) {
    this.path = path.join(dataDir, 'credentials.json');
  }

  /** The file's content; a first call makes the file. */
  read(): Credentials {
    this.create();
    const parsed = credentialsSchema.safeParse(parseJson(readFileSync(this.path, 'utf8')));
    if (parsed.success) return parsed.data;
    throw new Error(`${this.path} cannot be understood. Repair it, or delete it to have new secrets generated.`);
  }

  update(change: Partial<Credentials>): void {
    const next = { ...this.read(), ...change };
    const draft = this.draft(next);
    renameSync(draft, this.path);
  }

  /** Of several processes that start at once on the same folder one makes the file: linking fails if the name is taken. */
  private create(): void {
    if (existsSync(this.path)) return;
    mkdirSync(path.dirname(this.path), { recursive: true });
    const draft = this.draft({ jwtSecret: randomBytes(JWT_SECRET_BYTES).toString('base64url') });
    try {
      linkSync(draft, this.path);
    } catch (cause) {
      if (!isTaken(cause)) throw cause;
    } finally {
      rmSync(draft);
    }
  }

  private draft(content: Credentials): string {
    const draft = `${this.path}.${process.pid}.${randomBytes(4).toString('hex')}`;
    writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: FILE_MODE, flag: 'wx' });
    return draft;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isTaken(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
}
