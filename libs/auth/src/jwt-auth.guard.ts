import { RelayError } from '@relay/core';
import { type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { AuthenticatedUser } from './domain/authenticated-user';
import { JWT_STRATEGY } from './jwt.strategy';
import { AWAY } from './read-through-cache';
import { ForeignUsers } from './tokens/foreign-users.service';

const IS_PUBLIC = Symbol('IS_PUBLIC');
const BEARER = /^Bearer +(\S+) *$/i;

interface Request {
  readonly headers: { readonly authorization?: string };
  user?: AuthenticatedUser;
}

/** Marks a route that needs no login. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(IS_PUBLIC, true);

/** Lets in who carries a valid access token: one of the relay, or one of an issuer that relay.yaml trusts. */
@Injectable()
export class JwtAuthGuard extends AuthGuard(JWT_STRATEGY) {
  constructor(
    private readonly reflector: Reflector,
    private readonly foreigners: ForeignUsers,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(IS_PUBLIC, targets)) return true;
    const request = context.switchToHttp().getRequest<Request>();
    const foreigner = this.foreigners.find(BEARER.exec(request.headers.authorization ?? '')?.[1] ?? '');
    if (foreigner === undefined) return (await super.canActivate(context)) as boolean; // passport's guard gives no Observable
    const user = await foreigner;
    if (user === AWAY) throw keysAway();
    request.user = this.handleRequest(null, user ?? false);
    return true;
  }

  /** Passport's outcome as the relay's own error; what exactly is wrong with a token is nobody's business. */
  override handleRequest<TUser = AuthenticatedUser>(failure: unknown, user: TUser | false): TUser {
    if (failure instanceof Error) throw failure;
    if (!user) {
      throw new RelayError('invalid_credentials', 'Log in first: the access token is missing, expired or not valid.');
    }
    return user;
  }
}

function keysAway(): RelayError {
  const message = 'The token cannot be checked at the moment: the keys of its issuer cannot be read.';
  return new RelayError('unavailable', message, { retryAfterSeconds: 1 });
}
