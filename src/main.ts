#!/usr/bin/env node
/** The command line. Loads nothing before it knows that this Node.js can run it. */
const OLDEST = 24;

if (Number(process.versions.node.split('.')[0]) < OLDEST) {
  process.stderr.write(
    `buildgate needs Node.js ${OLDEST} or newer, this is ${process.versions.node}: run it through npm (npm start, npx buildgate), which brings its own.\n`,
  );
  process.exitCode = 1;
} else {
  const { run } = await import('./cli/run.js');
  process.exitCode = await run(process.argv);
}

export {};
