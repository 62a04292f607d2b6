import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadConfig, parseConfig } from './config.ts'

const parse = (text: string) => parseConfig(text, 'collector.yaml', '/etc/tillwatch')

test('the shipped example is valid, and its commented keys too', () => {
  const file = new URL('../config.example.yaml', import.meta.url)
  expect(loadConfig(file.pathname)).toMatchObject({ retention: { raw_days: 30, hourly_days: 400, changes_days: 400 } })
  const everything = readFileSync(file, 'utf8').replace(/^( *)# ([a-z_]+: )/gm, '$1$2')
  expect(parse(everything).http).toMatchObject({ tls: { cert: '/etc/tillwatch/portal.crt' } })
})

test('an empty file is a whole configuration: everything has a default', () => {
  expect(parse('')).toMatchObject({
    data_dir: '/etc/tillwatch/data',
    broker: { listen: { host: '127.0.0.1', port: 8883 } },
    http: { listen: { host: '127.0.0.1', port: 8080 } },
  })
})

test('proxies are named by address or range, and a token by its file', () => {
  const config = parse(
    'http: {behind_proxy: [10.0.0.5, 10.1.0.0/16, "fd00::/8"], metrics: {token: {file: secrets/token}}}',
  )
  expect(config.http).toMatchObject({
    behind_proxy: ['10.0.0.5', '10.1.0.0/16', 'fd00::/8'],
    metrics: { token: { file: '/etc/tillwatch/secrets/token' } },
  })
})

test('paths count from the folder of the file, those of secrets too', () => {
  const desk = '{kind: redmine, name: desk, url: "https://desk.example.ru", project: it, secret: {file: secrets/desk}}'
  const config = parse(`packs: [own.yaml]\ndata_dir: ../data\n`)
  expect(config).toMatchObject({ packs: ['/etc/tillwatch/own.yaml'], data_dir: '/etc/data' })
  expect(() => parse(`desks: [${desk.replace('redmine', 'nothing')}]`)).toThrow(/desks/)
})

test.each([
  ['an unknown key', 'borker: {}', /the file: unknown key borker; allowed: data_dir, broker, http/],
  ['an unknown key inside', 'broker: {lisen: x}', /broker: unknown key lisen; allowed: listen, tls/],
  ['a proxy that is none', 'http: {behind_proxy: [proxy]}', /http.behind_proxy/],
  ['a token in the file itself', 'http: {metrics: {token: abc}}', /http.metrics.token: .*file/],
  ['an address without a port', 'broker: {listen: 0.0.0.0}', /broker.listen: host:port/],
  ['a port that is none', 'http: {listen: "0.0.0.0:99999"}', /http.listen: a port/],
  ['a number out of range', 'retention: {raw_days: 0}', /retention.raw_days/],
  ['no YAML', 'a: [', /is not a valid configuration/],
])('%s: file, place, reason, and what is allowed', (_what, text, message) => {
  expect(() => parse(text)).toThrow(message)
  expect(() => parse(text)).toThrow(/collector.yaml/)
})
