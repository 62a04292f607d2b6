import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeDirectoryFile, readDirectoryFile } from './directory-file.ts'

const header =
  'client_code;client_name;inn;legal_entity;site_code;site_name;address;timezone;hours;class;terminal_code;terminal_name;agent'
const row = (terminal: string, agent: string, hours = '10:00-23:00') =>
  `kofe;Кофе;7709990008;ООО Кофе;msk-1;Тверская;Москва, Тверская 1;Europe/Moscow;${hours};A;${terminal};Касса;${agent}`

/** Problems as a person reads them: line, field, message. */
const told = (text: string, file: string) =>
  readDirectoryFile(text, file).problems.map(({ line, field, message }) => `${line} ${field ?? '-'}: ${message.ru}`)

test('R20: a CSV of terminals names each client, entity and site once', () => {
  const { directory, problems } = readDirectoryFile(
    [header, row('k1', 'till-0001'), row('k2', '')].join('\r\n'),
    'fleet.csv',
  )
  expect(problems).toEqual([])
  expect(directory.clients).toEqual([{ code: 'kofe', name: 'Кофе' }])
  expect(directory.legal_entities).toHaveLength(1)
  expect(directory.sites).toMatchObject([{ code: 'msk-1', hours: '10:00-23:00', class: 'A' }])
  expect(directory.terminals).toEqual([
    { code: 'k1', site: 'msk-1', name: 'Касса', agent: 'till-0001', inn: '7709990008' },
    { code: 'k2', site: 'msk-1', name: 'Касса', inn: '7709990008' },
  ])
})

test('an empty cell is a value that is not known', () => {
  const { directory } = readDirectoryFile([header, row('k1', '', '')].join('\n'), 'fleet.csv')
  expect(directory.sites[0]).not.toHaveProperty('hours')
})

describe('everything wrong is told at once, by line and field, with what is expected', () => {
  test('in YAML', () => {
    const text = `clients:
  - code: kofe
    nmae: Кофе
legal_entities:
  - { client: kofe, name: ООО Кофе, inn: 7709990008 }
sites:
  - code: a
    client: kofe
    name: Кафе
    address: Москва
    timezone: Moscow
    hours: с утра
shops: []
terminals:
  - { code: k1, site: a, name: Касса, inn: "7709990009" }
`
    expect(told(text, 'f.yaml')).toEqual([
      '13 shops: такого раздела нет; есть clients, legal_entities, sites, terminals, contracts, responsibles',
      '3 nmae: такого поля нет; есть code, name, profile',
      '2 name: не указано; нужно: текст не длиннее 200 знаков',
      '5 inn: указано «7709990008», а нужно: 10 или 12 цифр, в YAML в кавычках',
      '11 timezone: указано «Moscow», а нужно: часовой пояс IANA, например Europe/Moscow',
      expect.stringMatching(/^12 hours: часы «с утра» непонятны; пишут так: 10:00-23:00/),
      '15 inn: ИНН 7709990009 с опечаткой: контрольные цифры не сходятся',
    ])
  })

  test('in a CSV, by the names of its columns', () => {
    const text = [
      header,
      row('k1', ''),
      row('k2', '', '24/7'),
      '',
      row('k 3', '').replaceAll('7709990008', '7709990009'),
      'kofe;Кофе',
    ].join('\n')
    expect(told(text, 'fleet.csv')).toEqual([
      '3 hours: иначе, чем в строке 2: «24/7», а там «10:00-23:00»',
      '6 -: ячеек 2, а столбцов 13',
      '5 inn: ИНН 7709990009 с опечаткой: контрольные цифры не сходятся',
      expect.stringMatching(/^5 terminal_code: указано «k 3», а нужно: буквы, цифры/),
      '5 inn: ИНН 7709990009 с опечаткой: контрольные цифры не сходятся',
    ])
  })

  test.each([
    ['a strange column', 'fleet.csv', 'client;x\na;b', ['1 client: такого столбца нет', '1 x: такого столбца нет']],
    ['no CSV', 'fleet.csv', 'client_code,inn\n"a,b', ['2 -: это не CSV']],
    ['no YAML', 'f.yaml', 'clients: [\n', ['2 -: это не YAML']],
    ['a log', 'f.log', '{"a":1}\n{"a":2},,\n{"a":3},\n', ['2 -: это не YAML']],
    ['YAML that is no directory', 'f.yaml', '- a', ['1 -: нужны разделы']],
    ['a section that is no list', 'f.yaml', 'sites: a', ['1 sites: нужен список']],
    ['an entry that is none', 'f.yaml', 'sites:\n- a', ['2 sites: нужна запись из полей']],
    ['a CSV that has only its heading', 'fleet.csv', header, ['1 -: импортировать нечего']],
    ['an empty YAML', 'fleet.yaml', '', ['1 -: импортировать нечего']],
  ])('%s', (_what, file, text, expected) => {
    const problems = told(text, file)
    expect(problems).toHaveLength(expected.length)
    for (const [index, problem] of expected.entries()) expect(problems[index]).toContain(problem)
  })
})

test('a remark on an entry leads back to its line', () => {
  const csv = readDirectoryFile([header, row('k1', ''), row('k2', '')].join('\n'), 'fleet.csv')
  expect(csv.placeOf('terminals k2')).toEqual({ line: 3, field: null })
  expect(csv.placeOf('terminals k2 site')).toEqual({ line: 3, field: 'site_code' })
  const yaml = readDirectoryFile('clients:\n  - code: a\n    name: b\n', 'f.yaml')
  expect(yaml.placeOf('clients a name')).toEqual({ line: 3, field: 'name' })
})

test('any text is a file or a list of problems', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom('a.csv', 'a.yaml'), (text, file) => {
      const { problems, directory } = readDirectoryFile(text, file)
      expect(problems.length + Object.values(directory).flat().length).toBeGreaterThan(0)
    }),
  )
})

test('a CSV is read as Russian Excel saves it: Windows-1251, as well as in UTF-8', () => {
  const word = 'Пятёрка'
  const windows = Uint8Array.from([0xcf, 0xff, 0xf2, 0xb8, 0xf0, 0xea, 0xe0])
  expect([decodeDirectoryFile(windows), decodeDirectoryFile(new TextEncoder().encode(word))]).toEqual([word, word])
})

test('the example directory is one that can be imported', () => {
  const example = readFileSync(new URL('../../directory.example.yaml', import.meta.url), 'utf8')
  const { directory, problems } = readDirectoryFile(example, 'directory.example.yaml')
  expect(problems).toEqual([])
  expect(directory.sites.map(site => site.code)).toEqual(directory.terminals.map(terminal => terminal.site))
})
