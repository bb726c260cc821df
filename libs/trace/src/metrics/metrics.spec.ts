import { aTrace } from '../../test/trace-record.builder';
import { Metrics } from './metrics';
import { MAX_TENANTS } from './tenant-metrics';

describe('metrics', () => {
  const model = 'gen_ai_operation_name="chat.completions",gen_ai_provider_name="mock",gen_ai_response_model="small"';
  let metrics: Metrics;
  beforeEach(() => (metrics = new Metrics()));

  it('count requests by what became of them', async () => {
    metrics.observe(aTrace(0));
    metrics.observe(aTrace(0));
    metrics.observe(aTrace(0, { cache: 'exact-l1', savedUsd: '0.5', costUsd: null }));
    const text = await metrics.render();
    expect(text).toContain(`relay_requests_total{${model},status="ok",cache="miss"} 2`);
    expect(text).toContain(`relay_cost_usd_total{${model},status="ok",cache="miss"} 0.0009`);
    expect(text).toContain(`relay_saved_usd_total{${model},status="ok",cache="exact-l1"} 0.5`);
  });

  it('count requests whose tokens have no price, but not answers of the cache', async () => {
    metrics.observe(aTrace(0, { costUsd: null }));
    metrics.observe(aTrace(0, { costUsd: '0' }));
    metrics.observe(aTrace(0, { costUsd: null, inputTokens: null, outputTokens: null, status: 'error' }));
    metrics.observe(aTrace(0, { costUsd: null, cache: 'exact-l1', cacheSource: aTrace(0).id }));
    const text = await metrics.render();
    expect(text).toContain(`relay_unpriced_requests_total{${model},status="ok",cache="miss"} 1`);
    expect(text).toContain(`relay_unpriced_requests_total{${model},status="error",cache="miss"} 0`);
    expect(text).toContain(`relay_unpriced_requests_total{${model},status="ok",cache="exact-l1"} 0`);
  });

  it('do not count twice when they are scraped twice', async () => {
    metrics.observe(aTrace(0));
    expect(await metrics.render()).toContain('cache="miss"} 1');
    expect(await metrics.render()).toContain(`relay_requests_total{${model},status="ok",cache="miss"} 1`);
  });

  it('time the answer, the first token and the tokens after it', async () => {
    metrics.observe(aTrace(0, { stream: true, ttftMs: 100, totalMs: 2_100, outputTokens: 101 }));
    const text = await metrics.render();
    expect(text).toContain(`gen_ai_server_request_duration_seconds_sum{${model},gen_ai_request_model="small"} 2.1`);
    expect(text).toContain(`gen_ai_server_time_to_first_token_seconds_bucket{le="0.1",${model}} 1`);
    expect(text).toContain(`gen_ai_server_time_per_output_token_seconds_sum{${model}} 0.02`);
    expect(text).toContain(`gen_ai_client_token_usage_sum{${model},gen_ai_token_type="output"} 101`);
  });

  it('are histograms as Prometheus knows them: cumulative, with +Inf, sum and count', async () => {
    for (const totalMs of [1, 3, 3, 100_000, Number.NaN]) metrics.observe(aTrace(0, { totalMs }));
    const text = await metrics.render();
    const name = 'gen_ai_server_request_duration_seconds';
    const labels = `${model},gen_ai_request_model="small"`;
    expect(text).toContain(`# TYPE ${name} histogram`);
    expect(text).toContain(`${name}_bucket{le="0.001",${labels}} 1`);
    expect(text).toContain(`${name}_bucket{le="0.005",${labels}} 3`);
    expect(text).toContain(`${name}_bucket{le="81.92",${labels}} 3`);
    expect(text).toContain(`${name}_bucket{le="+Inf",${labels}} 4`);
    expect(text).toContain(`${name}_count{${labels}} 4`);
  });

  it('tell what was asked for and why it failed with the duration', async () => {
    metrics.observe(aTrace(0, { model: 'auto', totalMs: 1 }));
    metrics.observe(aTrace(0, { status: 'error', errorCode: 'upstream_timeout', httpStatus: 504, totalMs: 1 }));
    const text = await metrics.render();
    const name = 'gen_ai_server_request_duration_seconds_count';
    expect(text).toContain(`${name}{${model},gen_ai_request_model="auto"} 1`);
    expect(text).toContain(`${name}{${model},gen_ai_request_model="small",error_type="upstream_timeout"} 1`);
  });

  it('have no room for names that apps make up', async () => {
    const refused = { servedModel: null, provider: null, status: 'rejected', errorCode: 'model_not_found' } as const;
    for (let n = 0; n < 10_000; n++) metrics.observe(aTrace(0, { ...refused, model: `made-up-${n}` }));
    metrics.observe(aTrace(0, { model: 'auto' }));
    const text = await metrics.render();
    expect(text).not.toContain('made-up');
    expect(text).toContain('gen_ai_request_model="auto"');
  });

  it('are bounded whatever the number of tenants, and lose no request', async () => {
    for (let n = 0; n < 10_000; n++) metrics.observe(aTrace(0, { tenant: `tenant-${n}`, costUsd: '0.5' }));
    metrics.observe(aTrace(0, { tenant: null }));
    const text = await metrics.render();
    const of = (name: string) => [...text.matchAll(new RegExp(`^${name}\\{tenant="([^"]*)".*\\} (.*)$`, 'gm'))];
    const sum = (name: string) => of(name).reduce((total, [, , count]) => total + Number(count), 0);
    expect(new Set(of('relay_tenant_requests_total').map(([, tenant]) => tenant)).size).toBe(MAX_TENANTS + 2); // with other and none
    expect(sum('relay_tenant_requests_total')).toBe(10_001);
    expect(sum('relay_tenant_cost_usd_total')).toBeCloseTo(5_000.00045);
    expect(text.length).toBeLessThan(1_000_000); // characters of a scrape
  });

  it('sum up what a tenant asked for', async () => {
    metrics.observe(aTrace(0, { tenant: 'acme', inputTokens: 7, outputTokens: 5 }));
    metrics.observe(
      aTrace(0, {
        tenant: 'acme',
        inputTokens: 3,
        outputTokens: null,
        status: 'aborted',
        costUsd: null,
        savedUsd: '2',
      }),
    );
    const text = await metrics.render();
    expect(text).toContain('relay_tenant_requests_total{tenant="acme",status="ok"} 1');
    expect(text).toContain('relay_tenant_requests_total{tenant="acme",status="aborted"} 1');
    expect(text).toContain('relay_tenant_tokens_total{tenant="acme",gen_ai_token_type="input"} 10');
    expect(text).toContain('relay_tenant_cost_usd_total{tenant="acme"} 0.00045');
    expect(text).toContain('relay_tenant_saved_usd_total{tenant="acme"} 2');
  });

  it('name the limiter of a 429', async () => {
    for (const errorCode of ['overloaded', 'rate_limited', 'overloaded']) {
      metrics.observe(aTrace(0, { status: 'rejected', httpStatus: 429, errorCode }));
    }
    const text = await metrics.render();
    expect(text).toContain('relay_errors_total{code="overloaded",http_status="429"} 2');
    expect(text).toContain('relay_errors_total{code="rate_limited",http_status="429"} 1');
  });

  it('cannot be flooded with label values', async () => {
    for (let n = 0; n < 6_000; n++)
      metrics.observe(aTrace(0, { servedModel: `model-${n}`, provider: `provider-${n}` }));
    const text = await metrics.render();
    expect(new Set(text.match(/gen_ai_response_model="[^"]*"/g)).size).toBeLessThanOrEqual(201);
    const counted = [...text.matchAll(/^relay_requests_total\{.*\} (\d+)$/gm)].reduce(
      (sum, match) => sum + Number(match[1]),
      0,
    );
    expect(counted).toBe(6_000);
  });

  it('ask for slots and spool when they are scraped', async () => {
    let inUse = 1;
    metrics.watchSlots(() => [{ pool: 'mock', inUse, capacity: 4, waiting: 0 }]);
    metrics.watchSpool(() => ({ queued: 3, spooledBytes: 300, dropped: 2, rejected: 1 }));
    inUse = 2;
    const text = await metrics.render();
    expect(text).toContain('relay_slots_in_use{pool="mock"} 2');
    expect(text).toContain('relay_trace_spool_bytes 300');
    expect(text).toContain('relay_trace_dropped_total 2');
  });

  it('forget a target that is configured no longer', async () => {
    const target = { provider: 'mock', model: 'up', state: 2, opened: 3, refused: 40 };
    let targets = [target];
    metrics.watchTargets(() => targets);
    const text = await metrics.render();
    expect(text).toContain('relay_target_breaker_state{provider="mock",model="up"} 2');
    expect(text).toContain('relay_target_breaker_opened_total{provider="mock",model="up"} 3');
    expect(text).toContain('relay_target_calls_refused_total{provider="mock",model="up"} 40');
    targets = [];
    expect(await metrics.render()).not.toContain('provider="mock",model="up"');
  });

  it('count what guards did', async () => {
    metrics.countGuard('pii', 'redact');
    metrics.countGuard('pii', 'redact');
    expect(await metrics.render()).toContain('relay_guard_total{guard="pii",action="redact"} 2');
  });

  it('tell of the process and its event loop', async () => {
    const text = await metrics.render();
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
    expect(text).toMatch(/^process_resident_memory_bytes /m);
    expect(text).toMatch(/^nodejs_eventloop_utilization [01]/m);
    expect(text).toMatch(/^relay_build_info\{version="\d+\.\d+\.\d+",node="v\d+[^"]*"\} 1$/m);
    expect(text).toMatch(/^# TYPE nodejs_gc_duration_seconds histogram$/m);
  });

  it('tells which policy is in force and which of its conditions fail', async () => {
    metrics.watchPolicy(() => ({ policy: 'p@2', failures: new Map([['odd', 3]]) }));
    const text = await metrics.render();
    expect(text).toContain('relay_policy_info{policy="p@2"} 1');
    expect(text).toContain('relay_policy_condition_failures_total{policy="p@2",rule="odd"} 3');
  });
});
