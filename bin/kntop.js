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

// How far V8 lets its heap grow depends on the machine: on one of 24 GB, a thousand nodes of which 80 MB live took 490 MB.
// What takes effect in a running process (the sizes do not: they are read before any line of ours) are two speeds of growth:
// --heap-growing-percent: the old space is collected when it has grown by so much.
// --semi-space-growth-factor: the space of new objects, up to 128 MB on Node 24, has no use for more than 16. It grows there in
// one step, because more is kept here than its first megabyte, so that the first second of a thousand nodes does not carry it
// far beyond. It shrinks by itself when little happens, so growth must be possible again.
// Resident at 1,000 nodes: 490 MB with neither, 360 with the second, 300 with both.
function boundHeap(v8) {
  var most = 16 * 1024 * 1024
  var grows = false
  function growBy(factor) {
    v8.setFlagsFromString('--semi-space-growth-factor=' + factor)
  }
  function isNewSpace(space) {
    return space.space_name === 'new_space'
  }

  v8.setFlagsFromString('--heap-growing-percent=70')
  growBy(8)
  var kept = []
  for (var i = 0; i < 20; i++) kept.push(new Array(10000).fill(0.5))
  growBy(1)
  setInterval(function () {
    var space = v8.getHeapSpaceStatistics().find(isNewSpace)
    if (grows === space.space_size < most) return
    grows = !grows
    growBy(grows ? 2 : 1)
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
  boundHeap(process.getBuiltinModule('v8'))
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
