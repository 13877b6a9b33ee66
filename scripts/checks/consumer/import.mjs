import * as core from '@writ/core'
import * as verify from '@writ/core/verify'
import * as writ from '@writ/express'
import * as fastifyWrit from '@writ/fastify'
import * as redis from '@writ/redis'
import * as testing from '@writ/testing'
import express from 'express'
import fastify from 'fastify'
import { service } from './service.cjs'

await service({ core, verify, writ, express, fastifyWrit, fastify, redis, testing })
