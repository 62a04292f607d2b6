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
    expect(listenPolicy({ listen: listen('0.0.0.0'), behindProxy: true }).trustProxy).toContain('loopback')
    expect(() => listenPolicy({ listen: listen('0.0.0.0'), behindProxy: [] })).toThrow(/in the clear/)
  })
})
