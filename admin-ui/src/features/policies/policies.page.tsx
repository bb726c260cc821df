import { Page } from '../../components/page';

export default function PoliciesPage() {
  return <Page title="Policies">soon</Page>;
}
