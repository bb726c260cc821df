import type { Config } from 'jest';
import { availableParallelism } from 'node:os';

// ESM-only packages that Jest has to transform, because it loads everything as CommonJS.
const ESM_PACKAGES = [
  '@nestjs',
  'file-type',
  'load-esm',
  'uint8array-extras',
  'strtok3',
  'token-types',
  '@tokenizer',
  '@borewit',
  'cookie',
  '@marcbachmann',
  '@fastify',
  'eventsource-parser',
  'eld',
  'content-disposition',
  'jose',
  'openid-client',
  'oauth4webapi',
  '@opentelemetry/otlp-exporter-base', // CommonJS, but imports node:http dynamically
];

/** What TEST_SCOPE=core leaves out: the longest tests of whole relays, each of which has its parts tested by themselves, of decisions on recorded data and of tables with many rows. */
const BEYOND_CORE = [
  ...[
    ...['cli', 'secrets', 'offloaded-batches', 'policy-versions', 'plain-operations'],
    ...['provider-overrides', 'telemetry', 'dashboards', 'revocation', 'contention'],
  ].map((name) => `apps/relay/test/${name}.e2e-spec.ts`),
  ...['capacity-model/capacity-model', 'fairness/fairness', 'overload/overload'].map(
    (name) => `bench/offline/${name}.spec.ts`,
  ),
  'bench/training/quality/quality.spec.ts',
  ...[
    'canary/domain/sequential-test',
    'canary/domain/judge-canary',
    'domain/experiments',
    'domain/routing/strategies/strategies',
  ].map((name) => `libs/policy/src/${name}.spec.ts`),
  ...['injection/injection-score', 'pii/find-pii'].map((name) => `libs/prompt/src/signals/${name}.spec.ts`),
  'libs/cache/src/semantic/labels/label-book.integration.spec.ts',
  'libs/trace/src/usage/month.spec.ts',
];
const left = process.env.TEST_SCOPE === 'core' ? BEYOND_CORE : [];
if (left.length > 0) process.stderr.write(`skipped, because TEST_SCOPE=core: ${left.join(', ')}\n`);

/** Decorators as the build has them; imports of libraries lead to the file that is meant (tools/direct-imports.mjs). */
const SWC = {
  module: { type: 'commonjs' },
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    keepClassNames: true,
  },
};

/** Of every test. */
const common: Config = {
  testPathIgnorePatterns: ['/node_modules/', ...left.map((file) => `/${file.replaceAll('.', '\\.')}$`)],
  testMatch: ['**/*.spec.ts', '**/*.e2e-spec.ts', '**/*.browser-spec.ts'],
  moduleNameMapper: {
    '^@relay/([a-z-]+)$': '<rootDir>/libs/$1/src',
    '^eld/([a-z]+)$': '<rootDir>/node_modules/eld/src/entries/static.$1.js', // it exports itself to `import` only
  },
  transform: { '^.+\\.(t|j|mj)s$': ['<rootDir>/tools/jest/transform.cjs', SWC] },
  transformIgnorePatterns: [`/node_modules/(?!(${ESM_PACKAGES.join('|')})/)`],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  setupFiles: ['<rootDir>/tools/jest/baseline-wasm.cjs'],
  setupFilesAfterEnv: ['<rootDir>/tools/jest/retry-on-a-busy-machine.cjs'],
};

const config: Config = {
  projects: [
    {
      ...common,
      roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/bench', '<rootDir>/admin-ui/test'],
      testEnvironment: '<rootDir>/tools/jest/one-realm.cjs',
      runtime: '<rootDir>/tools/jest/packages-once.cjs',
      fakeTimers: { doNotFake: ['nextTick', 'queueMicrotask'] }, // those of Node itself here
    },
    // The console's modules meet a browser that a test makes of the globals: each file has its own.
    { ...common, roots: ['<rootDir>/admin-ui/src'], testEnvironment: 'node' },
  ],
  testTimeout: 30_000,
  testSequencer: '<rootDir>/tools/jest/slow-tests-first.cjs',
  maxWorkers: Math.max(4, availableParallelism()), // four on two cores: much of a test is waiting for a database or another process
  workerIdleMemoryLimit: '1GB', // a worker keeps some of what each test file loaded
  forceExit: process.env.CI === 'true', // a leaked handle must not hang a build; without CI it shows
};

export default config;
