import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock } from '@tillwatch/shared'
import type { IncidentRow, IncidentView } from '@tillwatch/shared/api'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { HEALTHY, localTime } from '../demo/story.ts'
import { eventually } from '../stack/eventually.ts'
import { signIn } from '../stack/portal-session.ts'
import { createStack, type Stack } from '../stack/stack.ts'
import { type RedmineServer, redmineMissing, startRedmine } from './redmine-server.ts'

const missing = redmineMissing()
const folder = mkdtempSync(join(tmpdir(), 'tillwatch-thread-'))
let redmine: RedmineServer
let stack: Stack

interface Issue {
  readonly id: number
  readonly subject: string
  readonly description: string
  readonly status: { readonly name: string }
  readonly priority: { readonly name: string }
  readonly journals?: readonly { readonly notes: string | null }[]
  readonly attachments: readonly {
    readonly filename: string
    readonly filesize: number
    readonly content_url: string
  }[]
}

/** All tickets of the project, open and closed, as Redmine itself tells them. */
async function tickets(): Promise<readonly Issue[]> {
  const read = async (path: string) => {
    const answer = await fetch(`${redmine.url}${path}`, { headers: { 'x-redmine-api-key': redmine.apiKey } })
    return (await answer.json()) as { issues: Issue[]; issue: Issue }
  }
  const { issues } = await read(`/issues.json?project_id=${redmine.project}&status_id=*&sort=id`)
  return Promise.all(
    issues.map(async ({ id }) => (await read(`/issues/${id}.json?include=journals,attachments`)).issue),
  )
}

/** A file of a ticket as people download it. */
async function textOf(address: string): Promise<string> {
  const answer = await fetch(address, { headers: { 'x-redmine-api-key': redmine.apiKey } })
  return answer.text()
}

const IN_PROGRESS = 2

/** What a person does to a ticket in the desk's own pages. */
async function byPerson(id: number, issue: object): Promise<void> {
  const headers = { 'x-redmine-api-key': redmine.personKey, 'content-type': 'application/json' }
  const body = JSON.stringify({ issue })
  const answer = await fetch(`${redmine.url}/issues/${id}.json`, { method: 'PUT', headers, body })
  expect(answer.ok).toBe(true)
}

const healthy = HEALTHY.state(localTime(systemClock.now(), 'Europe/Moscow'))
const register = (ofd: object): void =>
  writeFileSync(stack.stateFile, JSON.stringify({ ...healthy, ofd: { ...healthy['ofd'], ...ofd } }))
const hoursAgo = (hours: number): string => localTime(systemClock.now(), 'Europe/Moscow').hours(-hours)

beforeAll(async () => {
  if (missing !== null) return
  redmine = await startRedmine()
  stack = await createStack({
    folder,
    overrides: [fileURLToPath(new URL('../demo/demo.override.yaml', import.meta.url))],
    desks: [
      {
        ...{ kind: 'redmine', name: 'redmine', url: redmine.url, secret: { env: 'TILLWATCH_TEST_REDMINE_KEY' } },
        ...{ project: redmine.project, tracker: 'Support', key_field: redmine.keyField, allow_private: true },
        poll_s: 5,
      },
    ],
    env: { TILLWATCH_TEST_REDMINE_KEY: redmine.apiKey },
  })
  register({})
  await stack.startCollector()
  await stack.enrol()
  await stack.startRegister()
  await stack.startAgent()
}, 240_000)
afterAll(async () => {
  await stack?.stop()
  await redmine?.stop()
  rmSync(folder, { recursive: true, force: true })
}, 60_000)
beforeEach(ctx => {
  if (missing !== null) ctx.skip(missing)
})

test('R2, R7, R8, R36: from the serial port to one ticket that opens, worsens, is worked on and is solved', async () => {
  register({ unsent_documents: 38, first_unsent_document: 48_173, first_unsent_at: hoursAgo(25) })
  const opened = await eventually(
    'a ticket for receipts that do not leave',
    async () => (await tickets())[0] ?? null,
    60_000,
  )
  expect(opened).toMatchObject({ status: { name: 'New' }, priority: { name: 'Low' } })
  for (const told of ['Кафе на Тверской', 'ул. Тверская, д. 7', '0000000000301234', 'Вкусно и рядом']) {
    expect(opened.description).toContain(told)
  }

  register({ unsent_documents: 911, first_unsent_document: 47_305, first_unsent_at: hoursAgo(26 * 24) })
  const worse = await eventually(
    'the priority rises with four days left',
    async () => (await tickets()).find(({ priority }) => priority.name === 'Urgent') ?? null,
    60_000,
  )
  expect(worse.id).toBe(opened.id)

  const files = await eventually(
    'R29, R32: the chart and the log are on the ticket',
    async () => {
      const { attachments = [] } = (await tickets())[0] ?? {}
      return attachments.length >= 2 ? attachments : null
    },
    60_000,
  )
  expect(files.map(({ filename }) => filename).sort((a, b) => (a < b ? -1 : 1))).toEqual([
    expect.stringMatching(/^tillwatch-\d+-chart-ru\.png$/),
    expect.stringMatching(/^tillwatch-\d+-log-ru\.txt$/),
  ])
  const log = await textOf(files.find(({ filename }) => filename.endsWith('.txt'))?.content_url ?? '')
  for (const told of ['Europe/Moscow', 'агент:', 'показание:']) expect(log).toContain(told)

  const portal = await signIn(stack)
  await byPerson(opened.id, { assigned_to_id: redmine.engineer, status_id: IN_PROGRESS, notes: 'Проверяю роутер' })
  const taken = await eventually(
    'what a person did in the desk is seen in the incident',
    async () =>
      (await portal.get<{ rows: readonly IncidentRow[] }>('/api/incidents')).rows.find(
        each => each.status === 'in_work',
      ) ?? null,
    60_000,
  )
  expect(taken.assignee).toBe('Field Engineer')
  const { timeline } = await portal.get<IncidentView>(`/api/incidents/${taken.id}`)
  expect(timeline.some(({ text }) => text.ru.includes('Проверяю роутер'))).toBe(true)

  register({ unsent_documents: 0, first_unsent_document: null, first_unsent_at: null })
  const solved = await eventually(
    'the ticket is solved when the queue has gone',
    async () => (await tickets()).find(({ status }) => status.name === 'Resolved') ?? null,
    60_000,
  )
  expect(solved.id).toBe(opened.id)
  expect(await tickets(), 'one cause, one ticket').toHaveLength(1)
}, 200_000)
