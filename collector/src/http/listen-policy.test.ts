import { describe, expect, it } from 'vitest'
import { isLoopback, listenPolicy } from './listen-policy.ts'

const listen = (host: string) => ({ host, port: 8080 })

describe('listen policy', () => {
  it('lets plain HTTP listen on loopback only', () => {
    for (const host of ['127.0.0.1', '127.1.2.3', 'localhost', '::1', '[::1]']) {
      expect(listenPolicy({ listen: listen(host) })).toEqual({ secure: false, trustProxy: false })
    }
    for (const host of ['0.0.0.0', '::', '192.168.1.5', 'till.example', '127.0.0.1.evil.example']) {
      expect(isLoopback(host)).toBe(false)
      expect(() => listenPolicy({ listen: listen(host) })).toThrow(/in the clear/)
    }
  })

  it('takes TLS or a declared proxy elsewhere, and binds cookies to HTTPS then', () => {
    const tls = { cert: 'a', key: 'b' }
    expect(listenPolicy({ listen: listen('0.0.0.0'), tls })).toEqual({ secure: true, trustProxy: false })
    const behindProxy = ['10.0.0.1']
    expect(listenPolicy({ listen: listen('0.0.0.0'), behindProxy })).toEqual({ secure: true, trustProxy: ['10.0.0.1'] })
    expect(() => listenPolicy({ listen: listen('0.0.0.0'), behindProxy: [] })).toThrow(/in the clear/)
  })

  it('believes one private proxy and nobody behind it when only its existence is declared', () => {
    const { trustProxy } = listenPolicy({ listen: listen('0.0.0.0'), behindProxy: true })
    const trusts = (address: string, hop: number) => typeof trustProxy === 'function' && trustProxy(address, hop)
    for (const address of ['127.0.0.1', '10.1.2.3', '172.17.0.2', '192.168.0.1', '::1', 'fd00::1', '::ffff:10.0.0.1'])
      expect(trusts(address, 0), address).toBe(true)
    for (const address of ['8.8.8.8', '172.32.0.1', '2001:db8::1', '::ffff:8.8.8.8', 'unix:', ''])
      expect(trusts(address, 0), address).toBe(false)
    expect(trusts('10.1.2.3', 1)).toBe(false)
  })
})
