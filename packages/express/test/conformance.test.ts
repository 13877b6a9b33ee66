import { conformanceCases } from '@writ/testing'
import { describe, it } from 'vitest'
import { expressTarget, versions } from './express-target.ts'

// A plain run asks older versions every third case, `npm run check -- --full` asks it all of them.
const LONG = process.env['WRIT_LONG'] === '1'

describe.each(versions)('%s answers as every adapter does', (name, express) => {
  const isFirst = name === versions[0]?.[0]
  for (const [index, { name: title, skip, run }] of conformanceCases(expressTarget(name, express)).entries()) {
    if (isFirst || LONG || index % 3 === 0) it.skipIf(skip !== undefined)(title, run)
  }
})
