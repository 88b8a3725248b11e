// Installs what npm cannot bring and only tests need: Mesa's software Vulkan driver (lavapipe) for WebGPU without a GPU,
// Chromium, and protoc. On Debian as root it installs them; elsewhere it says what is missing and goes on: the tests that need
// them say that they were skipped.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SOURCES = '/etc/apt/sources.list.d';
const OUR_SOURCE = join(SOURCES, 'kiln-backports.sources');
const ICD_FOLDER = '/usr/share/vulkan/icd.d';

const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');
const osRelease = Object.fromEntries(
  read('/etc/os-release')
    .split('\n')
    .map((line) => line.split('=').map((part) => part.replaceAll('"', ''))),
);

/** The manifest that makes the Vulkan loader pick lavapipe, if Mesa's driver is installed. */
export function lavapipeManifest() {
  if (!existsSync(ICD_FOLDER)) return undefined;
  const name = readdirSync(ICD_FOLDER).find((file) => file.startsWith('lvp_icd') && file.endsWith('.json'));
  return name && join(ICD_FOLDER, name);
}

/** Path of Chromium, if one is installed. */
export function chromiumPath() {
  return ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
    existsSync(path),
  );
}

/** Whether the compiler of Protocol Buffers is there: a test makes the operator's messages anew with it. */
const hasProtoc = () => spawnSync('protoc', ['--version']).status === 0;

/** Major version of the installed Mesa Vulkan drivers; bookworm's own 22 is too old for Dawn. */
function mesaMajor() {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own syntax
  const query = spawnSync('dpkg-query', ['-W', '-f', '${Version}', 'mesa-vulkan-drivers'], {
    encoding: 'utf8',
  });
  return query.status === 0 ? Number.parseInt(query.stdout, 10) : 0;
}

/** The machine's own Debian source with the suite changed to backports: same mirror, same key. */
function backportsSource(codename) {
  for (const file of readdirSync(SOURCES).filter((name) => name.endsWith('.sources'))) {
    for (const stanza of read(join(SOURCES, file)).split(/\n\s*\n/)) {
      const lines = stanza.split('\n').filter((line) => !line.startsWith('#'));
      const suites = lines.find((line) => line.startsWith('Suites:'))?.split(/\s+/) ?? [];
      if (!suites.includes(codename)) continue;
      return lines
        .map((line) => (line.startsWith('Suites:') ? `Suites: ${codename}-backports` : line))
        .filter(Boolean)
        .concat('')
        .join('\n');
    }
  }
  const line = read('/etc/apt/sources.list')
    .split('\n')
    .find((entry) => entry.startsWith('deb ') && entry.split(/\s+/).includes(codename));
  if (!line) return undefined;
  const [uri] = line.split(/\s+/).filter((word) => word.includes('://'));
  return `Types: deb\nURIs: ${uri}\nSuites: ${codename}-backports\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n`;
}

function apt(...args) {
  const result = spawnSync('apt-get', ['-q', '-y', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return result.status === 0;
}

/** Installs what is missing where it can. Returns the names of what is still missing. */
export function ensureSystemPackages() {
  const missing = () => [
    ...(lavapipeManifest() && (osRelease.ID !== 'debian' || mesaMajor() >= 25)
      ? []
      : ['Mesa lavapipe 25 or newer']),
    ...(chromiumPath() ? [] : ['Chromium']),
    ...(hasProtoc() ? [] : ['protoc']),
  ];
  if (missing().length === 0) return [];
  if (osRelease.ID === 'debian' && process.getuid?.() === 0) {
    console.log(`Installing ${missing().join(' and ')} from Debian's packages ...`);
    const codename = osRelease.VERSION_CODENAME;
    const source = codename === 'bookworm' && !existsSync(OUR_SOURCE) ? backportsSource(codename) : undefined;
    if (source) writeFileSync(OUR_SOURCE, source);
    apt('update');
    const target = codename === 'bookworm' ? ['-t', `${codename}-backports`] : [];
    apt('install', '--no-install-recommends', ...target, 'mesa-vulkan-drivers', 'libvulkan1');
    apt(
      'install',
      '--no-install-recommends',
      'chromium',
      'fonts-dejavu-core',
      'protobuf-compiler',
      'openssl',
    );
  }
  return missing();
}

if (process.argv[1] === import.meta.filename) {
  const missing = ensureSystemPackages();
  for (const name of missing) console.log(`Missing: ${name}. Tests that need it will be skipped and say so.`);
}
