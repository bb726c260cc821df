import { Select } from '@mantine/core';
import type { Role } from '../../auth/roles';
import { TenantSelect } from '../../components/tenant-select';
import { ROLE_TEXTS } from './last-owner';

export interface RoleChoice {
  readonly role: Role;
  readonly tenant: string | null; // of a tenant-admin
}

/** A tenant-admin is one of some tenant. */
export const isComplete = ({ role, tenant }: RoleChoice): boolean => role !== 'tenant-admin' || tenant !== null;

interface RoleFieldsProps {
  readonly value: RoleChoice;
  readonly onChange: (choice: Partial<RoleChoice>) => void;
  readonly kept?: string | null; // why it has to stay as it is
}

export function RoleFields({ value, onChange, kept = null }: RoleFieldsProps) {
  return (
    <>
      <Select
        label="Role"
        description={kept ?? ROLE_TEXTS[value.role]}
        data={Object.keys(ROLE_TEXTS)}
        value={value.role}
        allowDeselect={false}
        disabled={kept !== null}
        onChange={(next) => {
          if (next === null) return;
          onChange({ role: next as Role, ...(next === 'tenant-admin' ? {} : { tenant: null }) });
        }}
      />
      {value.role === 'tenant-admin' ? (
        <TenantSelect label="Tenant" required value={value.tenant} onChange={(tenant) => onChange({ tenant })} />
      ) : null}
    </>
  );
}
