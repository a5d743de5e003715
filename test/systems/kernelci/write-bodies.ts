/** Bodies that clients of the old API send. */

/** A build as kernelci-core reports it since 2021. */
export const BMETA = {
  bmeta: {
    build: { duration: 321.5, status: 'PASS' },
    environment: {
      arch: 'arm64',
      compiler: 'gcc',
      compiler_version: '8',
      compiler_version_full: 'gcc (Debian 8.3.0) 8.3.0',
      cross_compile: 'aarch64-linux-gnu-',
      name: 'gcc-8',
      platform: { uname: ['Linux', 'builder'] },
    },
    kernel: {
      defconfig: 'defconfig',
      defconfig_full: 'defconfig+debug',
      publish_path: 'next/master/next-20210101/arm64/defconfig/gcc-8',
      text_offset: '0x0',
      vmlinux_bss_size: 1,
      vmlinux_data_size: 2,
      vmlinux_file_size: 3,
    },
    revision: {
      branch: 'master',
      commit: '0123456789abcdef0123456789abcdef01234567',
      describe: 'next-20210101',
      describe_verbose: 'v5.11-rc1-1234-g0123456789ab',
      tree: 'next',
      url: 'https://git.example.org/next.git',
    },
  },
  steps: [{ name: 'kernel', status: 'PASS', cpus: { x: 8 } }],
  artifacts: {
    config: [
      { type: 'file', path: 'config/kernel.config', key: 'config' },
      { type: 'file', path: 'config/frag.config', key: 'fragment' },
    ],
    kernel: [
      { type: 'file', path: 'kernel/System.map', key: 'system_map' },
      { type: 'file', path: 'kernel/Image', key: 'image' },
      { type: 'file', path: 'logs/kernel.log', key: 'log' },
    ],
    modules: [
      { type: 'file', path: 'logs/modules.log', key: 'log' },
      { type: 'tarball', path: 'modules.tar.xz' },
    ],
    dtbs: [{ type: 'directory', path: 'dtbs', contents: ['a.dtb', 'b.dtb'] }],
  },
};

/** A build in the classic keys, as build machines of 2015 report it. */
export const BUILD = {
  job: 'next',
  kernel: 'next-20150116',
  git_branch: 'master',
  arch: 'arm64',
  defconfig: 'defconfig',
};

/** A boot of that build. */
export const BOOT = { ...BUILD, board: 'juno', lab_name: 'lab-x', version: '1.0' };

/** Somebody who runs a lab. */
export const CONTACT = { name: 'Ada', surname: 'Byron', email: 'ada@example.org' };

/** A test group of that build. */
export const TEST_GROUP = { ...BUILD, build_environment: 'gcc-8', lab_name: 'lab-x', name: 'lc-compliance' };
