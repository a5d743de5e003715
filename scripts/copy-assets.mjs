// The compiler leaves the stored operations (*.graphql) where they are; the server reads them beside its own modules.
import { cpSync, globSync } from 'node:fs';

for (const file of globSync('src/**/*.graphql')) cpSync(file, file.replace(/^src/, 'dist'));
