import * as core from '@writ/core'
import * as writ from '@writ/hono'
import * as hono from 'hono'
import { service } from './hono.cjs'

await service({ core, writ, hono })
