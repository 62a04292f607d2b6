import { createServer } from 'node:net'

/** Below the ports that systems lend to outgoing connections: a port given here stays free while its owner is down and comes back. */
const FIRST = 20_000
const COUNT = 11_000
const TRIES = 100
let next = (process.pid * 37) % COUNT

const isFree = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

/** The wanted loopback port when nobody has it, else another free one. */
export async function freePort(wanted = 0): Promise<number> {
  if (wanted > 0 && (await isFree(wanted))) return wanted
  for (let tries = 0; tries < TRIES; tries++) {
    next = (next + 1) % COUNT
    const port = FIRST + next
    if (await isFree(port)) return port
  }
  throw new Error('no free port on 127.0.0.1')
}
