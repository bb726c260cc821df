import { hash, verify } from '@node-rs/argon2';
import { Injectable } from '@nestjs/common';

/** argon2id with the parameters that OWASP's password storage cheat sheet names first: 19 MiB, 2 passes, 1 lane. */
const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** The hash, with the same parameters, of random bytes that nobody kept. */
const DECOY = '$argon2id$v=19$m=19456,t=2,p=1$5e0+Tjgpwj7pryeLf4VjYA$iZxR/KSZBhGJXclG9Le+UReCwapp96D+uJp/f4V+26w';

/** Hashes and checks passwords off the main thread; 40–90 ms each. */
@Injectable()
export class PasswordHasher {
  hash(password: string): Promise<string> {
    return hash(password, OPTIONS);
  }

  /** Takes as long for a user who does not exist (`null`) as for a wrong password. */
  async verify(storedHash: string | null, password: string): Promise<boolean> {
    const matches = await verify(storedHash ?? DECOY, password);
    return matches && storedHash !== null;
  }
}
