import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { AuthenticatedUser } from './domain/authenticated-user';

/** The caller of a route that JwtAuthGuard protects. */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): AuthenticatedUser => {
  const { user } = context.switchToHttp().getRequest<{ user?: AuthenticatedUser }>();
  if (!user) throw new Error('CurrentUser is used on a route that JwtAuthGuard does not protect');
  return user;
});
