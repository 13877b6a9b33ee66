const core = require('@writ/core')
const writ = require('@writ/hono')
const hono = require('hono')
const { service } = require('./hono.cjs')

service({ core, writ, hono }).catch((error) => {
  console.error(error)
  process.exitCode = 1
})
