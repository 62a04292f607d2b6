import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { serverText, stepText } from './server-words.ts'

const CONNECTORS = new URL('../../../src/connectors/', import.meta.url)
const RUNNER = ['desk-test.ts', 'attempt.ts', 'attempt-addition.ts', 'delivery-store.ts', 'going-round.ts'].map(
  name => new URL(`../../../src/deliveries/${name}`, import.meta.url),
)
/** Files whose words are for the log, for the operator's settings, or for the desk itself. */
const OTHERS =
  /config\.ts$|settings\.ts$|mapping\.ts$|soap\.ts$|\.test\.ts$|html\.ts$|telegram\/words\.ts$|multipart\.ts$/

const sources = () => [
  ...readdirSync(CONNECTORS, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts') && !OTHERS.test(name))
    .map(name => new URL(name, CONNECTORS)),
  ...RUNNER,
]

/** What a connector may say in an outcome or a step, with X for what is filled in. */
function saidIn(source: string): string[] {
  const code = source
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*(?:\/\/|import ).*$/gm, '')
    .replace(/\$\{[^{}]*\}/g, 'X')
  return [...code.matchAll(/'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g)]
    .map(match => (match[1] ?? match[2] ?? '').replace(/\\(.)/g, '$1'))
    .filter(
      text =>
        /[a-z]{2,} [a-zX“(]/.test(text) &&
        !/SELECT|UPDATE|INSERT| eq X| desc$| ge X|^Tillwatch|; charset|^bytes |^token X|A duplicate|be edited|[=<>] /.test(
          text,
        ),
    )
}
const english = (text: string) =>
  text
    .replace(/`[^`]*`|“[^”]*”|\([^()]*\)/g, '')
    .replace(
      /\b(?:statuses\.through|file_max|rest_path|key_field|chat_id|allow_private: true|search: (?:list|soap))/g,
      '',
    )
    .match(/\b[a-z]{2,}\b(?:[ ,:]+\b[a-z]{2,}\b)+/g)

describe('words of desks', () => {
  it('every sentence of a connector is Russian in the Russian portal', () => {
    const said = sources().flatMap(file => saidIn(readFileSync(file, 'utf8')))
    expect(said.length).toBeGreaterThan(120)
    const left = said.filter(text => english(serverText(text, 'ru')) !== null && english(stepText(text, 'ru')) !== null)
    expect(left).toEqual([])
  })

  it.each([
    [
      'misconfigured: the desk does not hear tenant bakery: nothing was sent',
      'ошибка в настройках: служба не слышит организацию bakery: ничего не отправлено',
    ],
    [
      "Can't send mail - all recipients were rejected: 550 mailbox unavailable",
      'почтовый сервер не принимает адресата: 550 почтовый ящик недоступен',
    ],
    ['invalid: Redmine answered 422: Subject is too long', 'Redmine ответил 422: Subject is too long'],
    [
      'forbidden: Redmine forbids it (403). Check the account’s role and that REST is on.',
      'нет доступа: Redmine запрещает (403). Проверьте роль учётной записи и включён ли REST.',
    ],
    [
      'misconfigured: no “Bug” in Redmine; there are: Task, Fault',
      'ошибка в настройках: нет «Bug» (Redmine); есть: Task, Fault',
    ],
    ['Okdesk keeps “Открыта” (opened) instead of “solved”', 'Okdesk оставляет «Открыта» (opened) вместо «solved»'],
    [
      'ticket 7 was created, and a look at it failed: the answer was cut',
      'заявка 7 создана, но посмотреть не удалось: ответ оборвался',
    ],
    ['https://desk.test: connect ECONNREFUSED 10.0.0.1:443', 'https://desk.test: соединение отвергнуто: 10.0.0.1:443'],
    [
      'the file журнал.txt was accepted but is not there',
      'файл журнал.txt принят, но его нет: проверьте права учётной записи',
    ],
  ])('%s', (said, meant) => {
    expect(serverText(said, 'ru')).toBe(meant)
    expect(serverText(said, 'en')).toBe(said)
  })

  it('steps of a trial have names, and keep those of the desk', () => {
    expect(
      [
        'key field',
        'status Решена',
        'place tills, Bug',
        'place tills, 12: ОФД, routes “Night”, “Rest”',
        'place, route “All”',
        'new step',
      ].map(name => stepText(name, 'ru')),
    ).toEqual([
      'поле ключа',
      'статус Решена',
      'место tills, Bug',
      'место tills, 12: ОФД, маршруты «Night», «Rest»',
      'место заявки, маршрут «All»',
      'new step',
    ])
    expect(stepText('key field', 'en')).toBe('key field')
  })
})
