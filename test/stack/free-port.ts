import { createServer } from 'node:net'

/** The wanted loopback port when nobody has it, else one that the system chose. */
export async function freePort(wanted = 0): Promise<number> {
  const ask = (port: number): Promise<number | null> =>
    new Promise(resolve => {
      const server = createServer()
      server.once('error', () => resolve(null))
      server.listen(port, '127.0.0.1', () => {
        const address = server.address()
        server.close(() => resolve(typeof address === 'object' && address ? address.port : null))
      })
    })
  const port = (await ask(wanted)) ?? (await ask(0))
  if (port === null) throw new Error('no free port on 127.0.0.1')
  return port
}
