export interface Topic {
  readonly title: string;
  readonly about: string;
  readonly file: string; // in the repository; the relay does not serve it
}

export const TOPICS: readonly Topic[] = [
  { title: 'Get going', about: 'start, first call, clients', file: 'README.md' },
  { title: 'Configure', about: 'providers, models, tenants, limits', file: 'relay.example.yaml' },
  { title: 'Run it for others', about: 'environment, backups, failures', file: 'docs/operations.md' },
  { title: 'How it works', about: 'the way of a request, the data model', file: 'docs/architecture.md' },
  { title: 'Extend it', about: 'a provider, a cache tier, a page', file: 'docs/contributing.md' },
];
