import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const SCRIPT = path.resolve(__dirname, 'oidc-provider.mjs');

/** The OpenID provider of the tests. */
export class OidcProviderProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly issuer: string,
  ) {}

  static async start(redirectUri: string): Promise<OidcProviderProcess> {
    const child = fork(SCRIPT, [redirectUri], { stdio: 'ignore', execArgv: [] });
    const [message] = (await once(child, 'message')) as [{ issuer: string }];
    return new OidcProviderProcess(child, message.issuer);
  }

  /** Whom it knows, by login name, and what it says of them. */
  async knows(accounts: Record<string, object>): Promise<void> {
    this.child.send(accounts);
    await once(this.child, 'message');
  }

  /** It answers nobody, but its connections stay. */
  pause(): void {
    this.child.kill('SIGSTOP');
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}
