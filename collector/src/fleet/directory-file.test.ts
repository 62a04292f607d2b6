import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { decodeDirectoryFile, parseDirectoryFile } from './directory-file.ts'

const header =
  'client_code;client_name;inn;legal_entity;site_code;site_name;address;timezone;hours;class;terminal_code;terminal_name;agent'
const row = (terminal: string, agent: string, hours = '10:00-23:00') =>
  `kofe;Кофе;7701234567;ООО Кофе;msk-1;Тверская;Москва, Тверская 1;Europe/Moscow;${hours};A;${terminal};Касса;${agent}`

test('R20: a CSV of terminals names each client, entity and site once', () => {
  const parsed = parseDirectoryFile([header, row('k1', 'till-0001'), row('k2', '')].join('\r\n'), 'fleet.csv')
  expect(parsed.clients).toEqual([{ code: 'kofe', name: 'Кофе' }])
  expect(parsed.legal_entities).toHaveLength(1)
  expect(parsed.sites).toMatchObject([{ code: 'msk-1', hours: '10:00-23:00', class: 'A' }])
  expect(parsed.terminals).toEqual([
    { code: 'k1', site: 'msk-1', name: 'Касса', agent: 'till-0001', inn: '7701234567' },
    { code: 'k2', site: 'msk-1', name: 'Касса', inn: '7701234567' },
  ])
})

test('an empty cell is a value that is not known', () => {
  const { sites } = parseDirectoryFile([header, row('k1', '', '')].join('\n'), 'fleet.csv')
  expect(sites[0]).not.toHaveProperty('hours')
})

test.each([
  [
    'rows that contradict one another',
    'fleet.csv',
    [header, row('k1', ''), row('k2', '', '24/7')].join('\n'),
    /line 3: site msk-1/,
  ],
  ['a strange column', 'fleet.csv', 'client;x\na;b', /unknown columns client, x/],
  [
    'a time zone that is none',
    'f.yaml',
    'sites: [{code: a, client: b, name: c, address: d, timezone: Moscow}]',
    /sites.0.timezone: .*Europe\/Moscow/,
  ],
  ['an unknown key', 'f.yaml', 'shops: []', /shops/],
  ['no YAML', 'f.yaml', 'a: [', /f.yaml cannot be imported/],
])('%s: told with its place', (_what, file, text, message) => {
  expect(() => parseDirectoryFile(text, file)).toThrow(message)
})

test('a CSV is read as Russian Excel saves it: Windows-1251, as well as in UTF-8', () => {
  const word = 'Пятёрка'
  const windows = Uint8Array.from([0xcf, 0xff, 0xf2, 0xb8, 0xf0, 0xea, 0xe0])
  expect([decodeDirectoryFile(windows), decodeDirectoryFile(new TextEncoder().encode(word))]).toEqual([word, word])
})

test('the example directory is one that can be imported', () => {
  const example = readFileSync(new URL('../../directory.example.yaml', import.meta.url), 'utf8')
  const parsed = parseDirectoryFile(example, 'directory.example.yaml')
  expect(parsed.sites.map(site => site.code)).toEqual(parsed.terminals.map(terminal => terminal.site))
})

test.each([
  ['a CSV that has only its heading', header, 'fleet.csv'],
  ['an empty YAML', '', 'fleet.yaml'],
])('%s is told, not taken for success', (_what, text, file) => {
  expect(() => parseDirectoryFile(text, file)).toThrow('nothing in it to import')
})
