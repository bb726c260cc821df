// Who may import whom (docs/architecture.md). A gate in `npm run check`: no exceptions.
const FEATURES = 'auth|policy|cache|scheduler|providers|trace';
const lib = (names) => `^libs/(${names})/`;
// What stays inside the own library is always allowed, as is every npm package and Node itself.
const onlyLibs = (name, from, allowed) => ({
  name: `${name}-imports`,
  severity: 'error',
  comment: `${name} may import ${allowed || 'no other library'}`,
  from: { path: from, pathNot: '\\.(spec|e2e-spec)\\.ts$' },
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
      from: { path: '^(apps|libs)/', pathNot: '\\.(spec|e2e-spec)\\.ts$|^libs/testing/|/test/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
    },
    {
      name: 'no-deep-imports',
      severity: 'error',
      comment: 'A library is entered by its index.ts only.',
      from: { path: '^(?:libs|apps)/([^/]+)/' },
      to: { path: '^libs/[^/]+/src/', pathNot: ['^libs/[^/]+/src/index\\.ts$', '^libs/$1/'] },
    },
    onlyLibs('contracts', '^libs/contracts/', ''),
    onlyLibs('core', '^libs/core/', 'contracts'),
    onlyLibs('config', '^libs/config/', 'core|contracts'),
    onlyLibs('database', '^libs/database/', 'core|contracts|config'),
    ...FEATURES.split('|').map((name) => onlyLibs(name, `^libs/${name}/`, 'core|contracts|config|database')),
    onlyLibs('pipeline', '^libs/pipeline/', `core|contracts|config|database|${FEATURES}`),
    {
      name: 'contracts-need-only-zod',
      severity: 'error',
      from: { path: '^libs/contracts/' },
      to: { path: 'node_modules/', pathNot: 'node_modules/zod/' },
    },
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment: 'domain/ imports its own domain, core and contracts; no framework, store or client.',
      from: { path: '^libs/([^/]+)/src/domain/', pathNot: '\\.spec\\.ts$' },
      to: {
        path: ['^libs/', '^apps/', 'node_modules/(@nestjs|typeorm|ioredis|bullmq|undici|pg|fastify)/'],
        pathNot: ['^libs/$1/src/domain/', '^libs/(core|contracts)/src/index\\.ts$'],
      },
    },
    {
      name: 'testing-only-from-tests',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '\\.(spec|e2e-spec)\\.ts$|^libs/testing/|/test/' },
      to: { path: '^libs/testing/' },
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
    exclude: { path: '(^|/)(dist|generated)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
