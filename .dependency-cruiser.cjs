// Who may import whom (docs/architecture.md). A gate in `npm run check`: no exceptions.
const FEATURES = 'auth|policy|cache|scheduler|providers|trace|batches|responses|alerts|capacity';
const TESTS = '\\.(spec|e2e-spec|browser-spec|contract)\\.tsx?$';
const TEST_HELPERS = '^libs/testing/|^(apps|libs)/[^/]+/test/|^libs/[^/]+/src/testing/|^admin-ui/test/';
const lib = (names) => `^libs/(${names})/`;
// What stays inside the own library is always allowed, as is every npm package and Node itself.
const onlyLibs = (name, from, allowed) => ({
  name: `${name}-imports`,
  severity: 'error',
  comment: `${name} may import ${allowed || 'no other library'}`,
  from: { path: from, pathNot: [TESTS, TEST_HELPERS] },
  to: {
    path: '^(libs|apps|bench|admin-ui)/',
    pathNot: [`${from.replace('^libs/', '^libs/')}`, ...(allowed ? [lib(allowed)] : [])],
  },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-undeclared-packages',
      severity: 'error',
      from: { path: '^(apps|libs|bench)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-dev-packages-at-run-time',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: [TESTS, TEST_HELPERS] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
    },
    {
      name: 'no-deep-imports',
      severity: 'error',
      comment: 'A library is entered by its index.ts only.',
      from: { path: '^(?:libs|apps)/([^/]+)/' },
      to: { path: '^libs/[^/]+/', pathNot: ['^libs/[^/]+/src/index\\.ts$', '^libs/$1/'] },
    },
    {
      name: 'no-deep-imports-from-bench',
      severity: 'error',
      comment: 'The benchmark enters a library by its index.ts only, and drives the applications as processes.',
      from: { path: '^bench/' },
      to: { path: '^(libs|apps|admin-ui)/', pathNot: '^libs/[^/]+/src/index\\.ts$' },
    },
    onlyLibs('contracts', '^libs/contracts/', ''),
    onlyLibs('core', '^libs/core/', 'contracts'),
    onlyLibs('config', '^libs/config/', 'core|contracts'),
    onlyLibs('database', '^libs/database/', 'core|contracts|config'),
    onlyLibs('prompt', '^libs/prompt/', 'core|contracts'),
    onlyLibs('protocols', '^libs/protocols/', 'core|contracts|prompt'),
    onlyLibs('embedding', '^libs/embedding/', 'core|contracts|config'),
    ...FEATURES.split('|').map((name) =>
      onlyLibs(name, `^libs/${name}/`, 'core|contracts|config|database|prompt|protocols|embedding'),
    ),
    onlyLibs('pipeline', '^libs/pipeline/', `core|contracts|config|database|prompt|protocols|embedding|${FEATURES}`),
    {
      name: 'contracts-need-only-zod',
      severity: 'error',
      comment: 'The console bundles the contracts for the browser: no Node module, no package but zod.',
      from: { path: '^libs/contracts/', pathNot: TESTS },
      to: { pathNot: ['^libs/contracts/', 'node_modules/zod/'] },
    },
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment: 'domain/ imports its own domain, core, contracts, and what is named here; nothing else, types included.',
      from: { path: '^libs/([^/]+)/src/domain/', pathNot: TESTS },
      to: {
        pathNot: [
          '^libs/$1/src/domain/',
          '^libs/(core|contracts|protocols)/src/index\\.ts$',
          'node_modules/zod/', // schemas of values
          'node_modules/@datadog/sketches-js/', // quantile sketches: arithmetic only
          '^(node:)?crypto$', // hashes; ids and times are handed in
        ],
      },
    },
    {
      name: 'testing-only-from-tests',
      severity: 'error',
      comment: 'What runs in production needs neither the testing library, nor test helpers, nor specs.',
      from: { path: '^(apps|libs|bench|admin-ui)/', pathNot: [TESTS, TEST_HELPERS] },
      to: { path: [TESTS, TEST_HELPERS] },
    },
    {
      name: 'apps-stand-apart',
      severity: 'error',
      comment: 'Only apps/relay composes the other apps, through their modules.',
      from: { path: '^apps/(gateway|admin|worker)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'console-imports-no-server',
      severity: 'error',
      from: { path: '^admin-ui/src/' },
      to: { path: '^(libs|apps|bench)/' },
    },
    { name: 'nobody-imports-bench', severity: 'error', from: { path: '^(apps|libs)/' }, to: { path: '^bench/' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Our own output only: most packages have their entry in a dist/ folder, and the rules must see them.
    exclude: { path: '^(admin-ui/)?dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
