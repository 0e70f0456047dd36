import { createServer } from 'node:net'

// Sends back what it gets, and to whoever says "stream" as much as they take. node echo.ts PORT
const server = createServer((socket) => {
  socket.on('error', () => socket.destroy())
  socket.setNoDelay(true)
  const flood = (): void => {
    while (socket.write(Buffer.alloc(16_384)));
  }
  socket.on('data', (chunk) => {
    if (chunk.toString('latin1') !== 'stream') return void socket.write(chunk)
    socket.on('drain', flood)
    flood()
  })
})
server.listen(Number(process.argv[2]), () => process.stdout.write('listening\n'))
