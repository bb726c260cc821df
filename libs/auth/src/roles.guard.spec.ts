import type { Role } from '@relay/contracts';
import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Roles, RolesGuard } from './roles.guard';

/** What a viewer hears at a route for these roles. */
function refusal(...roles: Role[]): string {
  const handler = (): void => undefined;
  Roles(...roles)(handler, undefined as never, undefined as never);
  const context = {
    getHandler: () => handler,
    getClass: () => RolesGuard,
    switchToHttp: () => ({ getRequest: () => ({ user: { role: 'viewer' } }) }),
  } as unknown as ExecutionContext;
  try {
    return String(new RolesGuard(new Reflector()).canActivate(context));
  } catch (error) {
    return (error as Error).message;
  }
}

describe('a route that is for some roles', () => {
  it('names each of them once to whom it refuses', () => {
    expect(refusal('owner')).toBe('This needs the role owner.');
    expect(refusal('owner', 'operator')).toBe('This needs one of the roles owner, operator.');
    expect(refusal('operator', 'tenant-admin')).toBe('This needs one of the roles owner, operator, tenant-admin.');
  });

  it('lets them in', () => {
    expect(refusal('viewer')).toBe('true');
  });
});
