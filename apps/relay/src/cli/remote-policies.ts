import {
  policyCanarySchema,
  policyDiffSchema,
  policyOverviewSchema,
  policyRefSchema,
  policyVersionDetailSchema,
  policyVersionPageSchema,
  policyVersionSchema,
  type CreatePolicyDraft,
  type PolicyCanary,
  type PolicyDiff,
  type PolicyOverview,
  type PolicyVersion,
  type PolicyVersionDetail,
} from '@relay/contracts';
import { RelayClient, type RemoteOptions } from './relay-client';

const VERSIONS = '/api/policies/versions';
const PAGE = 100; // versions a call

/** Whether it names a version that is in the database of a relay: a number, name@number, `published` or `latest`. */
export const isVersion = (text: string): boolean => text !== 'file' && policyRefSchema.safeParse(text).success;

/** What a running relay knows of policies. A `ref` is what `isVersion` takes. */
export class RemotePolicies {
  private constructor(private readonly client: RelayClient) {}

  static async connect(options: RemoteOptions): Promise<RemotePolicies> {
    return new RemotePolicies(await RelayClient.connect(options));
  }

  overview(): Promise<PolicyOverview> {
    return this.client.get('/api/policies', policyOverviewSchema);
  }

  /** The newest first, at most `limit`. */
  async versions(limit: number): Promise<PolicyVersion[]> {
    const found: PolicyVersion[] = [];
    for (let cursor: string | null = ''; cursor !== null && found.length < limit;) {
      const query: string = new URLSearchParams({
        limit: String(Math.min(PAGE, limit - found.length)),
        ...(cursor ? { cursor } : {}),
      }).toString();
      const page: { data: PolicyVersion[]; nextCursor: string | null } = await this.client.get(
        `${VERSIONS}?${query}`,
        policyVersionPageSchema,
      );
      found.push(...page.data);
      cursor = page.nextCursor;
    }
    return found;
  }

  version(ref: string): Promise<PolicyVersionDetail> {
    return this.client.get(`${VERSIONS}/${encodeURIComponent(ref)}`, policyVersionDetailSchema);
  }

  draft(body: CreatePolicyDraft): Promise<PolicyVersionDetail> {
    return this.client.post(VERSIONS, body, policyVersionDetailSchema);
  }

  /** `digest`: what is to be published; refused if it was changed meanwhile. */
  publish(ref: string, digest: string): Promise<PolicyVersion> {
    const route = `${VERSIONS}/${encodeURIComponent(ref)}/publish`;
    return this.client.post(route, { expectedDigest: digest }, policyVersionSchema);
  }

  /** `terms`: as `startCanarySchema` has them; what is left out is as usual. */
  canary(ref: string, terms: object): Promise<PolicyCanary> {
    return this.client.post(`${VERSIONS}/${encodeURIComponent(ref)}/canary`, terms, policyCanarySchema);
  }

  promote(note: string | undefined): Promise<PolicyVersion> {
    return this.client.post('/api/policies/canary/promote', { ...(note && { note }) }, policyVersionSchema);
  }

  stopCanary(note: string | undefined): Promise<PolicyCanary> {
    return this.client.post('/api/policies/canary/stop', { ...(note && { note }) }, policyCanarySchema);
  }

  rollback(ref: string, note: string | undefined): Promise<PolicyVersion> {
    return this.client.post('/api/policies/rollback', { version: ref, ...(note && { note }) }, policyVersionSchema);
  }

  /** Gives the word back to the file; tells what is in force then. */
  unpublish(): Promise<PolicyOverview> {
    return this.client.post('/api/policies/unpublish', {}, policyOverviewSchema);
  }

  diff(from: string, to: string): Promise<PolicyDiff> {
    return this.client.get(`/api/policies/diff?${new URLSearchParams({ from, to }).toString()}`, policyDiffSchema);
  }
}
