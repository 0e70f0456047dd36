// To be loaded before a program: its clocks run so many times faster as KNTOP_TEST_SPEED says, and its long waits with them.
// Short ones do not: what is limited by them takes as long as ever.
const speed = Number(process.env['KNTOP_TEST_SPEED'])
const shortest = 60_000
const realTimeout = globalThis.setTimeout
const [realNow, realWall] = [performance.now.bind(performance), Date.now]
const [startNow, startWall] = [realNow(), realWall()]

performance.now = () => startNow + (realNow() - startNow) * speed
Date.now = () => startWall + (realWall() - startWall) * speed
globalThis.setTimeout = ((call: () => void, delay = 0, ...rest: []) =>
  realTimeout(call, delay < shortest ? delay : delay / speed, ...rest)) as typeof setTimeout
