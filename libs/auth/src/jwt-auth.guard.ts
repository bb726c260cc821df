import { RelayError } from '@relay/core';
import { type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { AuthenticatedUser } from './domain/authenticated-user';
import { JWT_STRATEGY } from './jwt.strategy';

const IS_PUBLIC = Symbol('IS_PUBLIC');

/** Marks a route that needs no login. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(IS_PUBLIC, true);

/** Lets in who carries a valid access token. */
@Injectable()
export class JwtAuthGuard extends AuthGuard(JWT_STRATEGY) {
  constructor(private readonly reflector: Reflector) {
    super();
  }

  override canActivate(
    context: ExecutionContext,
  ): ReturnType<InstanceType<ReturnType<typeof AuthGuard>>['canActivate']> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(IS_PUBLIC, targets)) return true;
    return super.canActivate(context);
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
