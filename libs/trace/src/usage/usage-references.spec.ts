import { ConfigStore, type RelayConfig, relayConfigSchema } from '@relay/config';
import type { DataSource } from 'typeorm';
import { UsageReferences } from './usage-references';

describe('the reference of savings by routing', () => {
  it('is the dearest target of a model by the measure that models are compared by', async () => {
    const target = (model: string, inputPerMTok: number, outputPerMTok: number) => ({
      ...{ provider: 'sim', model, price: { inputPerMTok, outputPerMTok } },
    });
    const config = relayConfigSchema.parse({
      providers: [{ id: 'sim', kind: 'simulator' }],
      models: [{ id: 'large', targets: [target('reads', 10, 20), target('writes', 1, 30)] }],
    });
    let rows: unknown;
    const query = (_text: string, [json]: [string]): Promise<[]> => ((rows = JSON.parse(json)), Promise.resolve([]));
    const store = new ConfigStore(config as RelayConfig, 'relay.yaml');
    await new UsageReferences({ query } as unknown as DataSource, store).renew([]);
    expect(rows).toMatchObject([{ tenant: '', model: 'large', inputPerMTok: 10, outputPerMTok: 20 }]); // 50 against 33
  });
});
