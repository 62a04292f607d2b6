import { readFileSync } from 'node:fs'
import type { SpokenError } from '@tillwatch/shared'
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
  expect(
    parse(`desks: [${desk.replace('project: it', 'project: it, tracker: Bug, key_field: 7')}]`).desks,
  ).toMatchObject([{ secret: { file: '/etc/tillwatch/secrets/desk' } }])
})

test.each([
  ['an unknown key', 'borker: {}', /:1: borker: there is no such key; allowed: data_dir, broker, http/],
  ['an unknown key inside', 'log: {}\nbroker:\n  lisen: x', /:3: broker.lisen: .*; allowed: listen, tls/],
  ['a proxy that is none', 'http: {behind_proxy: [proxy]}', /:1: http.behind_proxy/],
  ['a token in the file itself', 'http: {metrics: {token: abc}}', /http.metrics.token: .*file/],
  ['an address without a port', 'broker: {listen: 0.0.0.0}', /:1: broker.listen: host:port/],
  ['a port that is none', 'http:\n  listen: "0.0.0.0:99999"', /:2: http.listen: a port/],
  ['a number out of range', 'retention: {raw_days: 0}', /retention.raw_days: .*allowed: a whole number from 1 to 4000/],
  ['no YAML', 'a: [', /:1: not YAML/],
  ['UTF-16 of an editor', '\ufffd\ufffdd\0a\0t\0a\0', /:1: this is not text in UTF-8; save the file as UTF-8/],
  ['a list', '- 1', /:1: .*allowed: keys data_dir/],
])('%s: file, place, reason, and what is allowed', (_what, text, message) => {
  expect(() => parse(text)).toThrow(message)
  expect(() => parse(text)).toThrow(/collector.yaml/)
})

const DESK = (more: string) => `
desks:
  - kind: redmine
    name: support
    url: https://desk.example.test
    secret: { env: KEY }
    tracker: Bug
    key_field: 7
    ${more}
`
test.each([
  ['a key that is missing', DESK(''), ':3: desks[0].project (support): is missing; allowed: text'],
  [
    'a key that is none',
    DESK('projct: it'),
    ':9: desks[0].projct (support): there is no such key; allowed: kind, name, ',
  ],
  ['a kind that is none', 'desks:\n  - kind: jira\n    name: x', ':2: desks[0].kind (x): '],
  ['the kinds', 'desks:\n  - kind: jira\n    name: x', 'allowed: creatio, email, itilium, mantis, okdesk, redmine, '],
  [
    'one name twice',
    `${DESK('project: it')}${DESK('project: it').replace('\ndesks:\n', '').replace('https://desk', 'https://other')}`,
    ':11: desks[1].name (support): the name “support” is taken by desk 1 of this list',
  ],
  [
    'a way round that is none',
    DESK('project: it\n    fallback: { desk: mail }'),
    ':10: desks[0].fallback.desk (support): there is no desk “mail”',
  ],
])('what is wrong with a desk is told with line, name and what is allowed: %s', (_what, text, said) => {
  expect(() => parse(text)).toThrow(said)
})

test('the keys of a desk are those of its kind, and Russian is spoken too', () => {
  const thrown = (text: string): unknown => {
    try {
      return parse(text)
    } catch (error) {
      return error
    }
  }
  const wrong = thrown(DESK('project: it\n    chat_id: 5')) as SpokenError
  expect(wrong).toMatchObject({
    code: 'config.invalid',
    text: {
      ru: expect.stringMatching(/:10: desks\[0\]\.chat_id \(support\): такого ключа нет; допустимо: .*key_field/),
    },
    step: { ru: expect.stringContaining('Исправьте') },
  })
  expect(wrong.text.en.split('allowed: ')[1]).not.toContain('chat_id')
})

test('a file that the system does not give is told with the reason', () => {
  const folder = new URL('.', import.meta.url).pathname
  expect(() => loadConfig(folder)).toThrow(/cannot be read: it is a folder, not a file/)
  expect(() => loadConfig(`${folder}none.yaml`)).toThrow(/cannot be read: there is no such file/)
})
