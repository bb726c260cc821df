import { err, ok, type Result } from '@relay/core';
import { Agent, request } from 'undici';
import { silent, unreachable, type VaultFailure } from './vault-failure';
import type { VaultSettings } from './vault.schema';

/** A secret of the KV engine has 1 MiB at most by default (storage entry limit). */
const MAX_REPLY_BYTES = 4_194_304;
const CONNECTIONS = 4;

export interface VaultReply {
  readonly status: number;
  /** Null: no JSON object. */
  readonly body: Readonly<Record<string, unknown>> | null;
}

/** Vault's HTTP API: JSON over one address, with a limit in time and size. Redirects are not followed: they would take the token elsewhere. */
export class VaultTransport {
  private readonly agent: Agent;
  private readonly base: string;

  constructor(private readonly settings: VaultSettings) {
    this.base = settings.address.replace(/\/+$/, '');
    this.agent = new Agent({
      connections: CONNECTIONS,
      connect: settings.ca === undefined ? {} : { ca: settings.ca },
      maxResponseSize: MAX_REPLY_BYTES,
    });
  }

  get(path: string, token: string): Promise<Result<VaultReply, VaultFailure>> {
    return this.ask('GET', path, token, undefined);
  }

  post(path: string, token: string | null, body: object): Promise<Result<VaultReply, VaultFailure>> {
    return this.ask('POST', path, token, JSON.stringify(body));
  }

  /** Ends what is under way. */
  close(): void {
    void this.agent.destroy();
  }

  private async ask(
    method: 'GET' | 'POST',
    path: string,
    token: string | null,
    body: string | undefined,
  ): Promise<Result<VaultReply, VaultFailure>> {
    const { namespace, timeoutMs } = this.settings;
    const signal = AbortSignal.timeout(timeoutMs); // of connecting, waiting and reading together
    const headers = {
      'x-vault-request': 'true',
      ...(token === null ? {} : { 'x-vault-token': token }),
      ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    try {
      const options = { method, headers, body, signal, dispatcher: this.agent };
      const reply = await request(`${this.base}/v1/${path}`, options);
      return ok({ status: reply.statusCode, body: objectOf(await reply.body.text()) });
    } catch (error) {
      return err(signal.aborted ? silent(timeoutMs) : unreachable(reasonOf(error)));
    }
  }
}

function objectOf(text: string): VaultReply['body'] {
  try {
    const value: unknown = JSON.parse(text);
    return fieldsOf(value);
  } catch {
    return null;
  }
}

export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

/** A code, not a message: messages may quote what was sent. */
function reasonOf(error: unknown): string {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : error instanceof Error ? error.name : 'error';
}
