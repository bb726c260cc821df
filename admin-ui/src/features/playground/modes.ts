import { useQuery } from '@tanstack/react-query';
import { may } from '../../auth/roles';
import { useUser } from '../../auth/use-session';
import { useUrlState } from '../../state/url-state';
import { versionNamesQuery } from './playground.queries';

const MODES = [
  { value: 'one', label: 'One model' },
  { value: 'models', label: 'Two models' },
  { value: 'policies', label: 'Two policies' },
] as const;
export type Mode = (typeof MODES)[number]['value'];

/** What is asked and compared, all of it in the address; a tenant-admin sees plans of the policy in force only. */
export function useMode() {
  const { role } = useUser();
  const modes = MODES.filter(({ value }) => value !== 'policies' || may(role, 'changePolicies'));
  const [params, change] = useUrlState();
  const mode: Mode = modes.find(({ value }) => value === params.get('mode'))?.value ?? 'one';
  const versions = useQuery({ ...versionNamesQuery, enabled: mode === 'policies' }).data?.data ?? [];
  const newest = versions.some(({ status }) => status !== 'file') ? 'latest' : 'file'; // there may be no version yet
  const read = (name: string, otherwise: string): string => params.get(name) ?? otherwise;
  return {
    modes,
    mode,
    models: [read('model', 'auto'), read('modelB', 'auto:cheap')] as const,
    policies: [read('policy', ''), read('policyB', newest)] as const,
    setMode: (next: string) => change({ mode: next === 'one' ? null : next }),
    set: (name: 'model' | 'modelB' | 'policy' | 'policyB', value: string) => change({ [name]: value }),
  };
}
