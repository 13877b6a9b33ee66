const core = require('@writ/core')
const writ = require('@writ/express')
const testing = require('@writ/testing')
const express = require('express')
const { service } = require('./service.cjs')

service({ core, writ, express, testing }).catch((error) => {
  console.error(error)
  process.exitCode = 1
})
