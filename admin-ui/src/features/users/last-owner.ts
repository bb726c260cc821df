import type { ManagedUser } from './users.queries';

/** Why a user can be neither removed nor disabled nor made something else; null where it can. The relay refuses it in any case. */
export function whyKept({ id }: Pick<ManagedUser, 'id'>, owners: readonly string[] | undefined): string | null {
  const last = owners?.length === 1 && owners[0] === id;
  return last ? 'The last owner who can log in has to stay: make another owner first.' : null;
}

/** What a role may, in few words. */
export const ROLE_TEXTS = {
  owner: 'Everything',
  operator: 'Everything but users, and making, disabling and enabling tenants',
  viewer: 'Reads everything but users and the audit log',
  'tenant-admin': 'Reads what is of the own tenant, and manages its keys and its part of the cache',
} as const;
