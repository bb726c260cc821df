import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { ConfigStore, priceInForce } from '@relay/config';
import { DataSource } from 'typeorm';
import { costOf, type PricedModel, strongestModel } from './strongest-model';

/** The reference of tenants that may use every model. */
const EVERYBODY = '';
const GENERATIVE = ['chat', 'responses', 'messages', 'completions'];

export interface TenantModels {
  readonly id: string;
  readonly models: readonly string[] | null; // null: all
}

/** Prices that savings by routing are worked out with: those of each tenant's strongest model, as of when an hour is counted. */
@Injectable()
export class UsageReferences {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly config: ConfigStore,
  ) {}

  /** By the configuration in force. `tenants`: those that may not use every model. */
  async renew(tenants: readonly TenantModels[]): Promise<void> {
    const models = this.pricedModels();
    const rows = [{ id: EVERYBODY, models: null }, ...tenants].flatMap(({ id, models: allowed }) => {
      const strongest = strongestModel(models, allowed);
      if (strongest === null && allowed === null) return [];
      // Who may use no model with a price has a row as well, or everybody's would hold.
      return [{ ...(strongest ?? NOTHING), tenant: id, model: strongest?.id ?? '' }];
    });
    await this.dataSource.query(RENEW, [JSON.stringify(rows)]);
  }

  /** Models that write text, at the price of their dearest target. */
  private pricedModels(): PricedModel[] {
    const { current } = this.config;
    return current.models.flatMap((model) => {
      if (model.operations?.some((operation) => GENERATIVE.includes(operation)) === false) return [];
      const prices = model.targets.flatMap((target) => priceInForce(current, model, target)?.price ?? []);
      const [dearest] = prices.sort((a, b) => costOf(b) - costOf(a));
      if (dearest === undefined) return [];
      const { inputPerMTok, cachedInputPerMTok = inputPerMTok, outputPerMTok } = dearest;
      return [{ id: model.id, tier: model.tier, inputPerMTok, cachedInputPerMTok, outputPerMTok }];
    });
  }
}

const NOTHING = { inputPerMTok: 0, cachedInputPerMTok: 0, outputPerMTok: 0 };

/** Both in one statement, or for a moment there would be none. */
const RENEW = `
  WITH wanted AS (
    SELECT * FROM json_to_recordset($1::json)
      AS row(tenant text, model text, "inputPerMTok" numeric, "cachedInputPerMTok" numeric, "outputPerMTok" numeric)
  ), gone AS (
    DELETE FROM usage_references WHERE tenant NOT IN (SELECT tenant FROM wanted)
  )
  INSERT INTO usage_references (tenant, model, input_usd, cached_input_usd, output_usd)
  SELECT tenant, model, "inputPerMTok" / 1000000, "cachedInputPerMTok" / 1000000, "outputPerMTok" / 1000000 FROM wanted
  ON CONFLICT (tenant) DO UPDATE SET model = excluded.model, input_usd = excluded.input_usd,
    cached_input_usd = excluded.cached_input_usd, output_usd = excluded.output_usd`;
