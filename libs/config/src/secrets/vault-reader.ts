import { type Clock, err, ok, type Result } from '@relay/core';
import { deniedToken, sealed, strange, type VaultFailure } from './vault-failure';
import { parseVaultReference } from './vault-reference';
import { VaultSession } from './vault-session';
import { fieldsOf, type VaultReply, VaultTransport } from './vault-transport';
import type { VaultSettings } from './vault.schema';

/** Secrets that are asked for at a time. */
const CONCURRENCY = 4;

/** Certificates have lines; nothing that is a secret has anything else of these. */
// eslint-disable-next-line no-control-regex -- what no header and no URL may have
const CONTROL_CHARACTER = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

type Fields = Readonly<Record<string, unknown>>;
/** By reference: the value, or what is wrong with it, in words that continue "found". */
export type ReadSecrets = ReadonlyMap<string, Result<string, string>>;

/** Reads secrets of the KV engine, version 2 (GET /v1/{mount}/data/{path}). */
export class VaultReader {
  private readonly transport: VaultTransport;
  private readonly session: VaultSession;

  constructor(
    readonly settings: VaultSettings,
    clock: Clock,
    onFailure: (failure: VaultFailure) => void,
  ) {
    this.transport = new VaultTransport(settings);
    this.session = new VaultSession(settings, this.transport, clock, onFailure);
  }

  /** All of them, each secret asked for once; a failure if Vault gives nothing to anybody. */
  async read(references: readonly string[]): Promise<Result<ReadSecrets, VaultFailure>> {
    const parsed = references.map((reference) => ({ reference, place: parseVaultReference(reference) }));
    const paths = [...new Set(parsed.flatMap(({ place }) => (place.ok ? [place.value.path] : [])))];
    const secrets = await this.readPaths(paths);
    if (!secrets.ok) return secrets;
    const value = ({ place }: (typeof parsed)[number]): Result<string, string> => {
      if (!place.ok) return place;
      const fields = secrets.value.get(place.value.path) ?? err('nothing');
      return fields.ok ? fieldOf(fields.value, place.value.path, place.value.field) : fields;
    };
    return ok(new Map(parsed.map((each) => [each.reference, value(each)])));
  }

  close(): void {
    this.session.close();
    this.transport.close();
  }

  private async readPaths(
    paths: readonly string[],
  ): Promise<Result<ReadonlyMap<string, Result<Fields, string>>, VaultFailure>> {
    const found = new Map<string, Result<Fields, string>>();
    const left = [...paths];
    let failure: VaultFailure | null = null;
    const work = async (): Promise<void> => {
      for (let path = left.shift(); path !== undefined && failure === null; path = left.shift()) {
        const secret = await this.readPath(path);
        if (secret.ok) found.set(path, secret.value);
        else failure ??= secret.error;
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
    return failure === null ? ok(found) : err(failure);
  }

  private async readPath(path: string): Promise<Result<Result<Fields, string>, VaultFailure>> {
    const first = await this.get(path);
    if (!first.ok || first.value.reply.status !== 403) return first.ok ? this.secretOf(path, first.value.reply) : first;
    // Denied: either this path, or a token that was revoked or has run out. A new one tells which.
    if (!(await this.session.isStale(first.value.token))) return this.secretOf(path, first.value.reply);
    const second = await this.get(path);
    return second.ok ? this.secretOf(path, second.value.reply) : second;
  }

  private async get(path: string): Promise<Result<{ reply: VaultReply; token: string }, VaultFailure>> {
    const token = await this.session.token();
    if (!token.ok) return token;
    const url = `${this.settings.mount}/data/${path.split('/').map(encodeURIComponent).join('/')}`;
    const reply = await this.transport.get(url, token.value);
    return reply.ok ? ok({ reply: reply.value, token: token.value }) : reply;
  }

  private secretOf(path: string, { status, body }: VaultReply): Result<Result<Fields, string>, VaultFailure> {
    const secret = `the secret ${this.settings.mount}/${path} of Vault`;
    if (status === 503) return err(sealed);
    if (status === 401) return err(deniedToken);
    if (status === 403) return ok(err(`${secret}, which it denies to this relay (403)`));
    const fields = fieldsOf(fieldsOf(body?.['data'])?.['data']);
    if (status === 200 && fields) return ok(ok(fields));
    const isDeleted = status === 404 && fieldsOf(fieldsOf(body?.['data'])?.['metadata']) !== null;
    if (isDeleted) return ok(err(`${secret}, whose newest version was deleted`));
    if (status === 404) return ok(err(`${secret}, which is not there (404)`));
    if (status === 200) return ok(err(`${secret}, which is none of a KV engine of version 2`));
    return err(strange(status, 'a secret'));
  }
}

function fieldOf(fields: Fields, path: string, field: string): Result<string, string> {
  const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (value === undefined) return err(`the field ${field} of the secret ${path} of Vault, which is not there`);
  if (typeof value !== 'string' || value.trim() === '')
    return err(`the field ${field} of the secret ${path} of Vault, which is no text or an empty one`);
  if (CONTROL_CHARACTER.test(value.trim()))
    return err(`the field ${field} of the secret ${path} of Vault, which has a control character`);
  return ok(value.trim());
}
