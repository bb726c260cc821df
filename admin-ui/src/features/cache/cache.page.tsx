import { Page } from '../../components/page';

export default function CachePage() {
  return <Page title="Cache">soon</Page>;
}
