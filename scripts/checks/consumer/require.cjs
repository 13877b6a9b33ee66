const core = require('@writ/core')
const verify = require('@writ/core/verify')
const writ = require('@writ/express')
const fastifyWrit = require('@writ/fastify')
const redis = require('@writ/redis')
const testing = require('@writ/testing')
const express = require('express')
const fastify = require('fastify')
const { service } = require('./service.cjs')

service({ core, verify, writ, express, fastifyWrit, fastify, redis, testing }).catch((error) => {
  console.error(error)
  process.exitCode = 1
})
