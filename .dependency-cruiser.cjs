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
    // With a seed that someone knows, a proof hides nothing from them, and nobody can see that it does not.
    {
      name: 'seeds: only the prover itself and tests choose them',
      severity: 'error',
      from: {
        path: '.',
        pathNot: '\\.(test|conformance)\\.ts$|^(test|bench)/|^core/stark/(prover|testing/[^/]+)\\.ts$',
      },
      to: { path: '^core/stark/(prove-with\\.ts$|testing/)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'seeds: only the prover makes keys of them',
      severity: 'error',
      from: {
        path: '.',
        pathNot:
          '\\.(test|conformance)\\.ts$|^(test|bench)/|^core/stark/(prover|prove-with|(randomness|testing)/[^/]+)\\.ts$',
      },
      to: {
        path: '^core/stark/randomness/(seed|proof-seed|one-shot|released)\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'seeds: nothing that ships comes to fixed ones, by whatever way',
      severity: 'error',
      from: { path: '^(cli|renderer|main|operator)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^core/stark/testing/', reachable: true },
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
      to: { couldNotResolve: true, pathNot: '^(assemblyscript/asc|vite|@bufbuild/protobuf/codegenv2)$' },
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
