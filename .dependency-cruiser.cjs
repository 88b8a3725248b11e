// A file sees only the layers below it (docs/architecture.md). Tests may also look up.
const layers = [
  ['core/errors and core/pace', '^core/(errors|pace)\\.ts$'],
  ['core/field', '^core/field/'],
  ['core/hash', '^core/hash/'],
  ['core/merkle', '^core/merkle/'],
  ['core/vm', '^core/vm/'],
  ['shaders', '^shaders/'],
  ['core/assembly or core/air', '^core/(assembly|air)/'],
  ['core/stark', '^core/stark/'],
  ['core/protocol', '^core/protocol/'],
  ['operator', '^operator/'],
  ['main', '^main/'],
  ['cli or renderer', '^(cli|renderer)/'],
];
const above = (i) =>
  layers
    .slice(i + 1)
    .map(([, re]) => re)
    .join('|');

module.exports = {
  forbidden: [
    ...layers.slice(0, -1).map(([name, from], i) => ({
      name: `layer: ${name} looks up`,
      severity: 'error',
      from: { path: from, pathNot: '\\.test\\.ts$' },
      to: { path: above(i) },
    })),
    {
      name: 'layer: assembly and air are strangers',
      severity: 'error',
      from: { path: '^core/(assembly|air)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^core/(assembly|air)/', pathNot: '^core/$1/' },
    },
    {
      name: 'the second verifier knows nothing of the first',
      severity: 'error',
      from: { path: '^test/second-verifier/[^/]+$', pathNot: '\\.test\\.ts$' },
      to: { path: '^(core|cli|test)/', pathNot: '^(core/(field|hash|air)|test/second-verifier/[^/]+\\.ts$)' },
    },
    {
      name: 'core runs anywhere: no Node built-in',
      severity: 'error',
      from: { path: '^core/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    // These packages have an export map that this tool does not read.
    {
      name: 'unresolved import',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(assemblyscript/asc|vite)$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(build|dist)/' },
    tsPreCompilationDeps: true,
    detectJSDocImports: false,
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js', '.cjs'] },
  },
};
