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

// V8 gives the space of new objects up to 128 MB, of which we have no use; its size can be bound only on a command line, its
// growth at any time. It shrinks by itself when little happens, so that growth must be possible again.
function boundYoungSpace(v8) {
  var most = 16 * 1024 * 1024
  var grows = true
  setInterval(function () {
    var spaces = v8.getHeapSpaceStatistics()
    for (var i = 0; i < spaces.length; i++) {
      if (spaces[i].space_name !== 'new_space' || grows === spaces[i].space_size < most) continue
      grows = !grows
      v8.setFlagsFromString('--semi-space-growth-factor=' + (grows ? 2 : 1))
    }
  }, 100).unref()
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
  boundYoungSpace(process.getBuiltinModule('v8'))
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
