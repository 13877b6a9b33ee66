// The last step of the build: writes the one file that installs the schema.
import { globSync, readFileSync, writeFileSync } from 'node:fs'

const parts = globSync('sql/*.sql').sort()
writeFileSync('dist/migration.sql', parts.map((path) => readFileSync(path, 'utf8')).join('\n'))
