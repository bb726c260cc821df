import type { Server } from 'node:http';
import { Server as SecureServer } from 'node:https';
import { createSecureContext, type SecureContextOptions, type TlsOptions } from 'node:tls';
import type { ConfigConsumer, ConfigProblem, ConfigStore, RelayConfig, ServerTls } from '@relay/config';

/** Who may connect, and to whom. */
export const tlsOptionsOf = ({ cert, key, ca }: ServerTls): TlsOptions => ({
  ...contextOf({ cert, key, ca }),
  requestCert: ca !== undefined,
  rejectUnauthorized: ca !== undefined,
});

const contextOf = ({ cert, key, ca }: ServerTls): SecureContextOptions => ({
  cert,
  key,
  minVersion: 'TLSv1.2',
  ...(ca === undefined ? {} : { ca }),
});

/** Puts a certificate that was renewed into force, for new connections; those that are open stay. */
export class ServerCertificate implements ConfigConsumer {
  readonly name = 'server certificate';
  private server: Server | null = null;

  constructor(
    private readonly store: ConfigStore,
    private readonly inForce: ServerTls | null,
  ) {
    store.register(this);
  }

  /** Of this server, once there is one. */
  of(server: Server): void {
    this.server = server;
  }

  prepare({ server }: RelayConfig): ReturnType<ConfigConsumer['prepare']> {
    const tls = server.tls ?? null;
    const problems = this.problemsOf(tls);
    const apply = (): void => {
      if (tls !== null && this.server instanceof SecureServer) this.server.setSecureContext(contextOf(tls));
    };
    return { problems, apply };
  }

  /** Clients are asked for a certificate, or not, from the start on. */
  private problemsOf(tls: ServerTls | null): ConfigProblem[] {
    const { inForce } = this;
    const says = (value: ServerTls | null): string =>
      value === null ? 'no certificate' : value.ca === undefined ? 'a certificate' : 'a certificate and ca';
    if (says(tls) !== says(inForce)) return [this.problem(says(tls), `${says(inForce)} until the next start`)];
    if (tls === null) return [];
    try {
      createSecureContext(contextOf(tls));
      return [];
    } catch {
      return [this.problem('what is no certificate or key', 'PEM texts, the key that of the certificate')];
    }
  }

  private problem(found: string, allowed: string): ConfigProblem {
    return { file: this.store.source, path: 'server.tls', found, allowed };
  }
}
