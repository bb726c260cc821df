import type { User } from './session';

export type Role = User['role'];

/** What people do in the console, and who may; the relay refuses the rest, this only spares the try. */
export const MAY = {
  changePolicies: ['owner', 'operator'],
  explain: ['owner', 'operator', 'tenant-admin'],
  seeRelay: ['owner', 'operator', 'viewer'], // queues, providers, policies: what is not of one tenant
  resetBreakers: ['owner', 'operator'],
  steerProviders: ['owner', 'operator'], // override and probe them
  giveFeedback: ['owner', 'operator', 'tenant-admin'],
  readPrompts: ['owner', 'operator', 'tenant-admin'], // what tenants asked and were answered
  changeCache: ['owner', 'operator', 'tenant-admin'],
  changeBudgets: ['owner', 'operator'],
  reloadConfiguration: ['owner', 'operator'],
  manageTenants: ['owner'], // make, disable, enable
  changeTenants: ['owner', 'operator'],
  manageKeys: ['owner', 'operator', 'tenant-admin'],
  manageUsers: ['owner'],
  seeAudit: ['owner', 'operator'],
  manageAlerts: ['owner', 'operator'],
  manageChannels: ['owner'],
} as const satisfies Record<string, readonly Role[]>;

export type Action = keyof typeof MAY;

export const may = (role: Role, action: Action): boolean => (MAY[action] as readonly Role[]).includes(role);

/** Why a control is off, for its title. */
export const whyNot = (role: Role, action: Action): string =>
  `Your role, ${role}, cannot do this; ${MAY[action].join(' or ')} can.`;
