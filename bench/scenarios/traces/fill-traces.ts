import { ensureDailyPartitions } from '@relay/database';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { SAMPLE_PLAN } from './sample-plan';

export const DAY_MS = 86_400_000;
export const DAYS = 30;
export const TENANTS = 50;
const PLANS = 400;
/** Of the requests, those whose prompts and answers are kept. */
const PAYLOAD_SHARE = 0.1;
const VOCABULARY = 20_000; // words, the first ones far more frequent
const WORDS = 60; // of a prompt and its answer
const ROWS_A_STATEMENT = 20_000;
const CONNECTIONS = 2;
const FEEDBACK_SHARE = 0.002;

/** As `newTraceId` makes them, of the time and random digits. */
const ID = `(lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text || at::text), 1, 3) ||
  '8' || substr(md5(at::text || n::text), 1, 15))::uuid`;

/** One kept request in ten has words; the cube makes few of them frequent, as in a language. */
const TEXT = `(SELECT string_agg('word' || floor(${VOCABULARY} * power(random(), 3))::int, ' ') FROM generate_series(1, ${WORDS} + n * 0))`;

const FILL_PART = `
  WITH drawn AS MATERIALIZED (
    SELECT n, date_trunc('milliseconds', $1::timestamptz + random() * $3::float8 * interval '1 day') AS at,
      floor(${TENANTS} * power(random(), 2))::int AS tenant, floor(6 * power(random(), 1.5))::int AS model,
      floor(${PLANS} * power(random(), 2))::int AS plan, random() AS fate, random() AS cached, random() AS tagged,
      exp(6.2 + 0.9 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()))::real AS ms,
      floor(100 + 3000 * power(random(), 2))::int AS input, floor(20 + 800 * power(random(), 2))::int AS output
    FROM generate_series(1, $2::int) n
  ), made AS MATERIALIZED (
    SELECT *, ${ID} AS id, fate > 0.965 AS failed, cached < 0.25 AND fate <= 0.965 AS hit FROM drawn
  ), kept AS (
    INSERT INTO request_payloads (trace_id, at, tenant, request, response, search_text)
    SELECT id, at, 'tenant-' || tenant, text, 'An answer.', text
    FROM (SELECT made.*, ${TEXT} AS text FROM made WHERE random() < ${PAYLOAD_SHARE}) with_text
  ), judged AS (
    INSERT INTO feedback (id, at, trace_id, tenant, key_id, model, score, source)
    SELECT gen_random_uuid(), at, id, 'tenant-' || tenant, 'key', 'model-' || model, round(random() * 2 - 1), 'app'
    FROM made WHERE random() < ${FEEDBACK_SHARE}
  )
  INSERT INTO request_traces (id, at, request_id, tenant, key_id, endpoint, model, served_model, provider, status, http_status,
    error_code, error, stream, cache, queue, queue_ms, ttft_ms, total_ms, input_tokens, cached_input_tokens, output_tokens,
    reasoning_tokens, usage_estimated, cost_usd, price_version, saved_usd, policy, signature, plan_id, degraded, tags, user_name,
    detail, stored_at)
  SELECT id, at, NULL, 'tenant-' || tenant, md5('key' || tenant || '-' || n % 4)::uuid::text, '/v1/chat/completions',
    CASE WHEN n % 3 = 0 THEN 'auto' ELSE 'model-' || model END, CASE WHEN NOT failed THEN 'model-' || model END,
    CASE WHEN NOT failed AND NOT hit THEN 'provider-' || model % 4 END,
    CASE WHEN NOT failed THEN 'ok' WHEN fate > 0.985 THEN 'error' WHEN fate > 0.97 THEN 'rejected' ELSE 'aborted' END,
    CASE WHEN NOT failed THEN 200 WHEN fate > 0.985 THEN 502 WHEN fate > 0.97 THEN 429 ELSE 499 END,
    CASE WHEN NOT failed THEN NULL WHEN fate > 0.9995 THEN 'upstream_timeout' WHEN fate > 0.985 THEN 'upstream_error'
      WHEN fate > 0.97 THEN 'overloaded' ELSE 'client_closed' END,
    CASE WHEN failed THEN 'The upstream answered with status 500.' END,
    n % 2 = 0, CASE WHEN cached < 0.1 AND hit THEN 'exact-l1' WHEN cached < 0.2 AND hit THEN 'exact-l2' WHEN hit THEN 'semantic' ELSE 'miss' END,
    CASE WHEN n % 10 = 0 THEN 'short' ELSE 'none' END, CASE WHEN n % 10 = 0 THEN ms / 10 ELSE 0 END,
    CASE WHEN NOT failed THEN ms / 4 END, CASE WHEN hit THEN 0.4 ELSE ms END,
    input, 0, CASE WHEN NOT failed THEN output END, 0, false,
    round((input * 0.15 + output * 0.6)::numeric / 1000000, 12), 'genai-prices@0.1.8',
    CASE WHEN hit THEN round((input * 0.15 + output * 0.6)::numeric / 1000000, 12) END,
    'default@' || plan % 8, substr(md5('s' || plan), 1, 16), md5('p' || plan), CASE WHEN n % 200 = 0 THEN ARRAY['cheaper-model'] END,
    CASE WHEN tagged < 0.2 THEN ARRAY['tag-' || floor(40 * tagged * 5)::int] END,
    CASE WHEN n % 4 = 0 THEN 'user-' || floor(5000 * power(random(), 2))::int END,
    format('{"a":[["provider-%s","upstream-%s","ok",200,1.048,%s]],"s":[["auth",0,0.076],["parse",0.263,0.226],["plan",0.489,0.247],["cache",0.823,0.005],["upstream",1.048,%s,{"model":"model-%s","provider":"provider-%s","connectMs":null}]],"f":{"-":1,"key.name":"first","features.hasSystem":true,"features.systemHash":"2d304e4f132328d4","features.inputTokens":%s,"features.outputTokens":%s},"p":[null,0,0.0001,0.7,null,null,%s,%s,1086,1313]}',
      model % 4, model, round(ms::numeric, 3), round(ms::numeric, 3), model, model % 4, input, output, input, output)::json,
    at + ms * interval '1 millisecond'
  FROM made ORDER BY at
  ON CONFLICT DO NOTHING`;

const FILL_PLANS = `
  INSERT INTO execution_plans (id, signature, policy, plan, decisions)
  SELECT md5('p' || n), substr(md5('s' || n), 1, 16), 'default@' || n % 8, $1::jsonb,
    (SELECT jsonb_agg(jsonb_build_object('rule', 'rule-' || rule, 'verdict', CASE WHEN rule = n % 20 THEN 'matched' ELSE 'not-matched' END,
      'reason', 'features.inputTokens > 4000', 'changed', '["route"]'::jsonb)) FROM generate_series(0, 19) rule)
  FROM generate_series(0, ${PLANS - 1}) n`;

/** Traces of the days before `end`, evenly spread, in the order in which requests would have stored them. */
export async function fillTraces(
  dataSource: DataSource,
  url: string,
  rows: number,
  end: number,
  say: (line: string) => void,
): Promise<void> {
  const first = Math.floor(end / DAY_MS) * DAY_MS - DAYS * DAY_MS;
  await ensureDailyPartitions(dataSource, first, DAYS + 2);
  const days = Array.from({ length: DAYS }, (_, day) => day);
  const rowsOf = (day: number): number => Math.floor((rows * (day + 1)) / DAYS) - Math.floor((rows * day) / DAYS);
  await asOwn(url, (client) => client.query(FILL_PLANS, [JSON.stringify(SAMPLE_PLAN)]));
  const fill = async (client: Client): Promise<void> => {
    for (let day = days.shift(); day !== undefined; day = days.shift()) {
      await fillDay(client, first + (day + 1) * DAY_MS, rowsOf(day));
      if (day % 5 === 4) say(`${day + 1} of ${DAYS} days`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, () => asOwn(url, fill)));
  await asOwn(url, (client) =>
    client.query('VACUUM ANALYZE request_traces, request_payloads, feedback, execution_plans'),
  );
}

/** One part of the day after the other, as traces come. */
async function fillDay(client: Client, start: number, rows: number): Promise<void> {
  const parts = Math.ceil(rows / ROWS_A_STATEMENT);
  for (let part = 0; part < parts; part++) {
    const ofPart = Math.floor((rows * (part + 1)) / parts) - Math.floor((rows * part) / parts);
    await client.query(FILL_PART, [new Date(start + (part * DAY_MS) / parts), ofPart, 1 / parts]);
  }
}

/** On a connection of its own: the relay's give up on what takes long. */
async function asOwn(url: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('SET synchronous_commit = off');
    await work(client);
  } finally {
    await client.end();
  }
}

/** Bytes on disk of a table with its indexes, over its partitions, and of the indexes alone. */
export async function bytesOf(dataSource: DataSource, table: string): Promise<{ all: number; indexes: number }> {
  const [row]: { all: string; indexes: string }[] = await dataSource.query(
    `SELECT sum(pg_total_relation_size(relid))::bigint AS all, sum(pg_indexes_size(relid))::bigint AS indexes
     FROM pg_partition_tree('${table}') WHERE isleaf`,
  );
  return { all: Number(row?.all ?? 0), indexes: Number(row?.indexes ?? 0) };
}
