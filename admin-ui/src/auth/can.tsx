import type { ReactNode } from 'react';
import { may, whyNot, type Action } from './roles';
import { useUser } from './use-session';

interface CanProps {
  readonly do: Action;
  readonly children: ReactNode;
  readonly otherwise?: ReactNode;
}

/** Shows its children to those who may do this. */
export function Can({ do: action, children, otherwise = null }: CanProps) {
  const { role } = useUser();
  return may(role, action) ? children : otherwise;
}

/** For controls that stay in sight, but off: `<Button {...useAllowed('changePolicies')}>`. */
export function useAllowed(action: Action): { readonly disabled: boolean; readonly title?: string } {
  const { role } = useUser();
  return may(role, action) ? { disabled: false } : { disabled: true, title: whyNot(role, action) };
}
