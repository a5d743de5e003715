import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
}

interface LockedPackage {
  readonly version: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}

const read = <Content>(file: string): Content => JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as Content;
const manifest = read<Manifest>('package.json');
const lock = read<{ readonly packages: Readonly<Record<string, LockedPackage>> }>('package-lock.json');
const locked = Object.entries(lock.packages).filter(([path]) => path !== '');
const nameOf = (path: string): string => path.replace(/^.*node_modules\//, '');

describe('What is installed', () => {
  it('is named by exact versions', () => {
    const ranges = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version),
    );
    expect(ranges).toEqual([]);
  });

  it('has its checksum in the lock file, and comes from the public registry', () => {
    expect(locked.length).toBeGreaterThan(100);
    const others = locked.filter(
      ([, { integrity, link, resolved = 'https://registry.npmjs.org/' }]) =>
        link === true || !integrity?.startsWith('sha512-') || !resolved.startsWith('https://registry.npmjs.org/'),
    );
    expect(others).toEqual([]);
  });

  it('is locked in the versions that package.json names', () => {
    const named = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(named.map(([name]) => [name, lock.packages[`node_modules/${name}`]?.version])).toEqual(named);
  });
});

describe('Scripts of packages', () => {
  const withScript = locked.filter(([, { hasInstallScript }]) => hasInstallScript === true);

  it('are run of none that the gateway runs with', () => {
    const names = withScript.filter(([, { dev }]) => dev !== true).map(([path]) => nameOf(path));
    expect(names.filter((name) => manifest.allowScripts[name] !== false)).toEqual([]);
  });

  it('are run of the Node.js of the checkout alone, which is unpacked by one', () => {
    const allowed = Object.entries(manifest.allowScripts).filter(([, isAllowed]) => isAllowed);
    expect(allowed.map(([name]) => name)).toEqual(['node']);
    expect(
      withScript.map(([path]) => nameOf(path)).filter((name) => manifest.allowScripts[name] === undefined),
    ).toEqual([]);
  });
});

describe('scripts/licences.mjs', () => {
  const licences = (...args: string[]) =>
    spawnSync(process.execPath, [join(ROOT, 'scripts/licences.mjs'), ...args], { encoding: 'utf8' });

  it('allows the licences of all that the gateway runs with', () => {
    const { status, stdout, stderr } = licences();
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^MIT: \d+$/m);
  });

  it.each([
    ['MIT', 0],
    ['(MIT AND BSD-3-Clause)', 0],
    ['(GPL-3.0-only OR MIT)', 0],
    ['GPL-3.0-only', 1],
    ['(MIT AND GPL-3.0-only)', 1],
    [undefined, 1],
  ])('a package under %s ends it with %d', (license, status) => {
    const folder = mkdtempSync(join(tmpdir(), 'licences-'));
    try {
      const file = join(folder, 'lock.json');
      const packages = {
        '': {},
        'node_modules/one': { license },
        'node_modules/two': { license: 'GPL-3.0', dev: true },
      };
      writeFileSync(file, JSON.stringify({ packages }));
      const run = licences(file);
      expect(run.status).toBe(status);
      expect(run.stdout).toBe(`${license ?? 'none'}: 1${status === 0 ? '' : ' NOT ALLOWED: one'}\n`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

it('npm run sbom lists all that the gateway runs with, and nothing else', () => {
  const { status, stdout } = spawnSync('npm', ['run', '--silent', 'sbom'], { cwd: ROOT, encoding: 'utf8' });
  expect(status).toBe(0);
  const { bomFormat, components, dependencies } = JSON.parse(stdout) as {
    bomFormat: string;
    components: { name: string; version: string; purl: string }[];
    dependencies: { ref: string; dependsOn: string[] }[];
  };
  expect(bomFormat).toBe('CycloneDX');
  const listed = components.map(({ name, version }) => `${name}@${version}`);
  const installed = locked
    .filter(([, { dev }]) => dev !== true)
    .map(([path, { version }]) => `${nameOf(path)}@${version}`);
  expect(new Set(listed)).toEqual(new Set(installed));
  const own = dependencies.find(({ ref }) => ref.startsWith('buildgate@'));
  const direct = Object.entries(manifest.dependencies).map(([name, version]) => `${name}@${version}`);
  expect(own?.dependsOn).toEqual(expect.arrayContaining(direct));
  for (const { purl } of components) expect(purl).toMatch(/^pkg:npm\//);
}, 600_000);
