import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AgreementsView, BacktestView, RulesView } from '@tillwatch/shared/api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Child } from '../stack/child-process.ts'
import { eventually } from '../stack/eventually.ts'
import { type PortalSession, signIn } from '../stack/portal-session.ts'
import { createStack, type Stack } from '../stack/stack.ts'

const folder = mkdtempSync(join(tmpdir(), 'tillwatch-reload-'))
const rulesDir = join(folder, 'rules')
const write = (hold: string): void =>
  writeFileSync(
    join(rulesDir, 'cafe.yaml'),
    `for: { client: vkusno }\noverrides:\n  ofd.queue_age: { clear_hold: ${hold} }\n`,
  )

const policies = join(folder, 'policies.yaml')
const promise = (solution: string, file = policies, id = 'cafe'): void => {
  const row = `{ reaction: 1h, solution: ${solution} }`
  writeFileSync(
    file,
    `policies:\n  - id: ${id}\n    title: { ru: Кафе, en: Cafe }\n    calendar: 24x7\n    rows: { 1: ${row}, 2: ${row}, 3: ${row}, 4: ${row} }\n`,
  )
}
const second = join(folder, 'second.yaml')

let stack: Stack
let collector: Child
let session: PortalSession
const errors: string[] = []

beforeAll(async () => {
  mkdirSync(rulesDir)
  writeFileSync(join(rulesDir, 'broken.yaml'), 'overrides: { no.such_rule: { hold: 5m } }\n')
  promise('4h')
  writeFileSync(second, 'policies: 5\n')
  stack = await createStack({
    folder,
    rulesDir,
    policies: [policies, second],
    onLine: (_process, line) => void (line.includes('a rule file is wrong') && errors.push(line)),
  })
  await stack.enrol()
  collector = await stack.startCollector()
  session = await signIn(stack)
})
afterAll(async () => {
  await stack.stop()
  rmSync(folder, { recursive: true, force: true })
})

const changeOf = ({ files }: RulesView) =>
  files.find(({ file }) => file === join('rules', 'cafe.yaml'))?.changes.map(({ after }) => after?.en)

test('starts with a wrong file of the customer refused and named', async () => {
  const { refused, rules } = await session.get<RulesView>('/api/rules')
  expect(refused).toMatchObject([
    { file: join('rules', 'broken.yaml'), inForce: 'nothing', problems: [{ line: 1, column: 28 }] },
  ])
  expect(rules.length).toBeGreaterThan(10)
  expect(errors[0]).toContain('broken.yaml:1:28: overrides.no.such_rule: there is no rule no.such_rule to change')
  expect(await session.get('/health')).toMatchObject({
    ready: true,
    checks: expect.arrayContaining([{ name: 'rules', ok: true, reason: `refused: ${join('rules', 'broken.yaml')}` }]),
  })
})

test('takes a file that appears, keeps it when it becomes wrong, and takes the correction, all without a restart', async () => {
  rmSync(join(rulesDir, 'broken.yaml'))
  write('7m')
  await eventually('the file is in force', async () => {
    const view = await session.get<RulesView>('/api/rules')
    return view.refused.length === 0 && changeOf(view)?.[0] === '7 minutes'
  })
  write('soon')
  const wrong = await session.post('/api/rules/reload', {})
  expect(wrong).toMatchObject({
    status: 200,
    body: {
      refused: [
        {
          file: join('rules', 'cafe.yaml'),
          inForce: 'earlier',
          problems: [{ line: 3, column: 32, reason: expect.stringContaining('a duration') as string }],
        },
      ],
    },
  })
  expect(changeOf(wrong.body as RulesView)).toEqual(['7 minutes'])
  write('9m')
  process.kill(collector.pid, 'SIGHUP')
  await eventually('the correction is in force', async () => {
    const view = await session.get<RulesView>('/api/rules')
    return view.refused.length === 0 && changeOf(view)?.[0] === '9 minutes'
  })
})

const promised = ({ policies: all }: AgreementsView) =>
  all.find(({ id }) => id === 'cafe')?.rows.map(({ solution }) => (solution?.limitMs ?? 0) / 3_600_000)

test('starts with a wrong file of policies refused and named, while the others count; what is corrected is taken', async () => {
  const view = await session.get<AgreementsView>('/api/agreements')
  expect(view.refused).toEqual([expect.stringMatching(/second\.yaml:1:11: policies: /)])
  expect(view.findings.map(({ en }) => en)).toContain(`The file ${second} has no say; the others work`)
  expect(promised(view)).toEqual([4, 4, 4, 4])
  expect(view.policies.map(({ id }) => id)).toContain('outsourcing-24x7')
  await eventually('its watch over itself says so', async () => {
    const { checks } = await session.get<{ checks: { name: string; reason?: string }[] }>('/health')
    return checks.some(({ name, reason }) => name === 'files' && reason === 'files of settings were refused')
  })
  promise('5h', second, 'second')
  const corrected = await session.post('/api/agreements/reload', {})
  expect(corrected).toMatchObject({ status: 200, body: { refused: [] } })
})

test('the same signal reads policies anew; wrong ones and lost ones are refused with their place, and what was in force goes on', async () => {
  const agreements = () => session.get<AgreementsView>('/api/agreements')
  expect(promised(await agreements())).toEqual([4, 4, 4, 4])
  promise('6h')
  process.kill(collector.pid, 'SIGHUP')
  await eventually('the new times are in force', async () => promised(await agreements())?.[0] === 6)
  promise('soon')
  process.kill(collector.pid, 'SIGHUP')
  await eventually('the wrong file is named', async () => {
    const view = await agreements()
    return view.refused.length > 0 && view.refused.every(line => line.startsWith(`${policies}:5:`))
  })
  expect(promised(await agreements())).toEqual([6, 6, 6, 6])
  rmSync(policies)
  const lost = await session.post('/api/agreements/reload', {})
  expect(lost).toMatchObject({
    status: 200,
    body: { refused: [expect.stringContaining(`${policies}:1:1: it cannot be read`) as string] },
  })
  expect(promised(lost.body as AgreementsView)).toEqual([6, 6, 6, 6])
  promise('8h')
  await eventually('what is corrected is taken without a word', async () => {
    const view = await agreements()
    return view.refused.length === 0 && promised(view)?.[0] === 8
  })
})

test('tries changes on the stored past in a thread of its own, one at a time', async () => {
  const refused = await session.post('/api/rules/backtest', { override: 'overrides: { no.such_rule: { hold: 5m } }' })
  expect(refused).toMatchObject({
    status: 422,
    body: { code: 'rules.invalid', message: expect.stringContaining(':1:28:') as string },
  })
  const { status, body } = await session.post('/api/rules/backtest', {
    override: 'overrides: { ofd.queue_age: { levels: { minor: { hold: 1m } } } }',
  })
  expect(status).toBe(202)
  const { id } = body as { id: string }
  await eventually('the trial is done', async () => {
    const view = await session.get<BacktestView>(`/api/rules/backtest/${id}`)
    return view.state === 'done' && view.report?.differences.length === 0
  })
})
