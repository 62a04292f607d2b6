import { expect, test } from 'vitest'
import { isTest, sources } from './source.ts'

const LINES_MAX = 400

/** Files that may be longer, each with its reason. */
const LONGER: Readonly<Record<string, string>> = {}

/** The only shipped files that may ask the machine for time or chance; everybody else is given a Clock or a random function. */
const CLOCK_KEEPERS = [
  /^shared\/src\/clock\.ts$/,
  // Wiring: where the machine's own clock and chance enter.
  /^(agent|collector)\/src\/(main|app)\.ts$/,
  /^(agent|collector)\/src\/commands\//,
  // Threads are entered from outside with no way to hand a Clock in.
  /^collector\/src\/threads\//,
  // The browser: what a reader sees is the reader's own time.
  /^collector\/portal\//,
  /^installers\//,
]

const FORBIDDEN = [
  { name: 'Date.now()', pattern: /\bDate\.now\(/ },
  { name: 'new Date() without a value', pattern: /\bnew Date\(\)/ },
  { name: 'Math.random()', pattern: /\bMath\.random\(/ },
  { name: 'setTimeout', pattern: /\bsetTimeout\(/ },
  { name: 'setInterval', pattern: /\bsetInterval\(/ },
  { name: 'performance.now()', pattern: /\bperformance\.now\(/ },
]

test(`no file is longer than ${LINES_MAX} lines without a reason`, () => {
  const long = sources
    .map(source => ({ path: source.path, lines: source.text.split('\n').length }))
    .filter(({ path, lines }) => lines > LINES_MAX && !(path in LONGER))
  expect(long).toEqual([])
})

test('time and chance are arguments: shipped code takes them from a Clock or a random function', () => {
  const wrong = sources
    .filter(source => !isTest(source.path) && !CLOCK_KEEPERS.some(keeper => keeper.test(source.path)))
    .flatMap(source =>
      FORBIDDEN.filter(({ pattern }) => pattern.test(source.text)).map(({ name }) => `${source.path} uses ${name}`),
    )
  expect(wrong).toEqual([])
})

test('unit tests wait for nothing: no sleeps', () => {
  const wrong = sources
    .filter(source => source.path.endsWith('.test.ts') && !source.path.startsWith('test/'))
    .filter(source => /\bsetTimeout\(/.test(source.text))
    .map(source => source.path)
  expect(wrong).toEqual([])
})

test('file names say one noun: none is called utils, helpers, common, manager or generic', () => {
  const wrong = sources
    .map(source => source.path)
    .filter(path => /(^|\/)(utils?|helpers?|common|manager|generic)(\.|\/)/.test(path))
  expect(wrong).toEqual([])
})

test('no leftovers: unfinished marks, switched-off tests, focused tests, debug prints', () => {
  const marks = [/\bTO[D]O\b/, /\bFIX[M]E\b/, /\bX[X]X\b/, /\b(it|test|describe)\.(skip|todo|only)\b/, /\bdebugger\b/]
  const wrong = sources.flatMap(source =>
    marks.filter(mark => mark.test(source.text)).map(mark => `${source.path}: ${mark.source}`),
  )
  expect(wrong).toEqual([])
})
