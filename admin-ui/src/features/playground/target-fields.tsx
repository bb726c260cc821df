import { Autocomplete, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { providersQuery } from '../../api/queries/relay.queries';
import { may } from '../../auth/roles';
import { useUser } from '../../auth/use-session';
import { useKeys } from './keys';
import { modelsQuery, versionNamesQuery } from './playground.queries';

const AUTO = ['auto', 'auto:cheap', 'auto:fast', 'auto:best'];

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Any name may be typed: the relay says what it does not know. */
export function ModelField({ label, value, onChange, tenant }: FieldProps & { readonly tenant: string }) {
  const models = useModels(tenant);
  return <Autocomplete label={label} size="xs" maxLength={200} data={[...models]} value={value} onChange={onChange} />;
}

/** As the key sees them; before there is one, all that providers serve. */
function useModels(tenant: string): readonly string[] {
  const seesRelay = may(useUser().role, 'seeRelay');
  const key = useKeys().temporary.find((one) => one.tenant === tenant);
  const ofKey = useQuery({ ...modelsQuery(key?.value ?? '', key?.id ?? ''), enabled: key !== undefined });
  const providers = useQuery({ ...providersQuery, enabled: seesRelay && key === undefined });
  if (ofKey.data) return ofKey.data;
  const served = providers.data?.data.flatMap(({ targets }) => targets.flatMap(({ models }) => models)) ?? [];
  return [...AUTO, ...new Set(served)];
}

const NAMED = [
  { value: '', label: 'What is in force' },
  { value: 'latest', label: 'The newest, drafts included' },
  { value: 'file', label: 'The configuration file' },
];

export function PolicyField({ label, value, onChange }: FieldProps) {
  const enabled = may(useUser().role, 'seeRelay');
  const versions = useQuery({ ...versionNamesQuery, enabled }).data?.data ?? [];
  const stored = versions
    .filter(({ status }) => status !== 'file') // has an entry of its own
    .map(({ name, version, status }) => ({
      value: `${name}@${version}`,
      label: `${name}@${version} · ${status}`,
    }));
  return (
    <Select
      label={label}
      size="xs"
      allowDeselect={false}
      searchable
      data={[...NAMED, ...stored]}
      value={value}
      onChange={(next) => onChange(next ?? '')}
    />
  );
}
