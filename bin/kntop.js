#!/usr/bin/env node
// Old syntax on purpose: an old Node must get as far as the message below. import() is the newest thing here.
'use strict'

var needed = [22, 19]
var parts = process.versions.node.split('.').map(Number)
var isNewEnough = parts[0] > needed[0] || (parts[0] === needed[0] && parts[1] >= needed[1])

function fail(text) {
  process.stderr.write('kntop: ' + text + '\n')
  process.exit(2)
}

if (!isNewEnough) {
  fail(
    'needs Node.js ' +
      needed.join('.') +
      ' or newer, this is ' +
      process.versions.node +
      '; in a clone "npm start" and "npx kntop" bring their own',
  )
} else {
  // React and Ink decide by it, when they are loaded, how much they check.
  process.env.NODE_ENV = 'production'
  import('../dist/cli.js').then(
    function (cli) {
      return cli.main()
    },
    function (error) {
      if (error.code === 'ERR_MODULE_NOT_FOUND' && String(error.message).indexOf('dist/cli.js') >= 0) {
        fail('is not built yet: run "npm run build" first')
      }
      throw error
    },
  )
}
