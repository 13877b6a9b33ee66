import * as core from '@writ/core'
import * as writ from '@writ/express'
import * as testing from '@writ/testing'
import express from 'express'
import { service } from './service.cjs'

await service({ core, writ, express, testing })
