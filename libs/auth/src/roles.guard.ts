import type { Role } from '@relay/contracts';
import { RelayError } from '@relay/core';
import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { AuthenticatedUser } from './domain/authenticated-user';

const ROLES = Symbol('ROLES');

/** The roles that may use a route; on a route without them everybody who is logged in may. The owner always may. */
export const Roles = (...roles: readonly Role[]): MethodDecorator & ClassDecorator => SetMetadata(ROLES, roles);

@Injectable()
export class RolesGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const roles = this.reflector.getAllAndOverride<readonly Role[] | undefined>(ROLES, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (roles === undefined) return true;
    const { user } = context.switchToHttp().getRequest<{ user?: AuthenticatedUser }>();
    if (user && (user.role === 'owner' || roles.includes(user.role))) return true;
    throw new RelayError('forbidden', needed(['owner', ...roles]));
  }
}

function needed(allowed: readonly Role[]): string {
  const [first, ...others] = new Set(allowed);
  return others.length === 0
    ? `This needs the role ${first}.`
    : `This needs one of the roles ${[first, ...others].join(', ')}.`;
}
