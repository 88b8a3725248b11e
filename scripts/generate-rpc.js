// Makes operator/rpc/kiln_pb.ts from kiln.proto. Needs protoc (Debian: protobuf-compiler).
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const [folder = 'operator/rpc'] = process.argv.slice(2);
const result = spawnSync(
  'protoc',
  [
    `--plugin=protoc-gen-es=${root}node_modules/.bin/protoc-gen-es`,
    `--es_out=${folder}`,
    '--es_opt=target=ts,import_extension=ts',
    '-I',
    'operator/rpc',
    'operator/rpc/kiln.proto',
  ],
  { cwd: root, stdio: 'inherit' },
);
process.exit(result.status ?? 1);
