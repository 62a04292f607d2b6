import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BacktestReport, ItemRulesView } from '@tillwatch/shared/api'
import { ManualClock } from '@tillwatch/shared/testing'
import { Command } from 'commander'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dataDirAt } from '../data-dir.ts'
import { createIncidentPart } from '../incidents/state-part.ts'
import type { AcceptedItem, AcceptedMessage } from '../ingest/batch.ts'
import { openDatabase } from '../store/sqlite/database.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { SERIES_MIGRATIONS } from '../store/sqlite/series-schema.ts'
import { createSqliteSeriesStore } from '../store/sqlite/sqlite-series-store.ts'
import { STATE_MIGRATIONS } from '../store/sqlite/state-schema.ts'
import { registerRulesCommand } from './rules.ts'

const MINUTE = 60_000
const START = Date.parse('2026-11-20T06:00:00Z')
const ITEM = 'register:main:0000000000301234'
const PACK = `for: { client: cafe }
rules:
  - id: own.queue
    item: register
    class: ofd
    needs: [fiscal.ofd.unsent_documents]
    measures: { value: { of: fiscal.ofd.unsent_documents, unit: count, label: { ru: чеков, en: receipts } } }
    hold: 10m
    clear_hold: 0s
    title: { ru: Очередь, en: Queue }
    expected: { ru: Пусто, en: Empty }
    component: { ru: ОФД, en: OFD }
    levels: { minor: { set: value >= 10 } }
`

let folder: string
let now: number
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-stored-'))
  mkdirSync(join(folder, 'rules'))
  writeFileSync(join(folder, 'collector.yaml'), 'rules_dir: ./rules\n')
  writeFileSync(join(folder, 'rules', 'cafe.yaml'), PACK)
  await live()
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Two hours of a register, a reading a minute: 30 receipts wait for 20 minutes of the first hour, and again at the very end. */
async function live(): Promise<void> {
  const dir = dataDirAt(join(folder, 'data'))
  mkdirSync(dir.path)
  const database = openDatabase(dir.state, { durability: 'normal' })
  migrate(database, STATE_MIGRATIONS)
  database.exec(`
    INSERT INTO clients (id, tenant_id, code, name) VALUES ('c', 'main', 'cafe', 'Кафе');
    INSERT INTO sites (id, tenant_id, client_id, code, name, address, timezone)
      VALUES ('s', 'main', 'c', 'nevsky', 'Невский', 'Невский, 1', 'Europe/Moscow');
    INSERT INTO agents (id, tenant_id, site_id, secret_hash, created_at, credentials_changed_at, first_heard_at)
      VALUES ('a', 'main', 's', 'x', 0, 0, 1);
    INSERT INTO collector_runs (started_at, alive_at) VALUES (0, 0)`)
  const seriesFile = openDatabase(dir.series, { durability: 'normal' })
  migrate(seriesFile, SERIES_MIGRATIONS)
  const series = createSqliteSeriesStore(seriesFile)
  const packs = [{ file: 'cafe.yaml', text: PACK }]
  const { evaluator } = createIncidentPart(database, { packs, overrides: [], desks: [] }, new ManualClock(START))
  for (let minute = 0; minute < 120; minute++) {
    now = START + minute * MINUTE
    const waiting = (minute >= 20 && minute < 40) || minute >= 115 ? 30 : 1
    const message = messageOf(minute + 1, now, waiting)
    await series.append([message])
    await evaluator.commit([message], now)
    await evaluator.tick(now, 1_000)
  }
  seriesFile.close()
  database.close()
}

function messageOf(seq: number, at: number, waiting: number): AcceptedMessage {
  const fact = (value: string | number) => ({ value, at, source: 'register' as const })
  const item: AcceptedItem = {
    itemId: ITEM,
    kind: 'register',
    slot: '1',
    identity: '0000000000301234',
    at,
    facts: { 'fiscal.register.link': fact('ok'), 'fiscal.ofd.unsent_documents': fact(waiting) },
  }
  const place = { agentId: 'a', tenantId: 'main', epoch: 1, seq, lost: 0, receivedAt: at }
  return { ...place, kind: 'telemetry', items: [item], event: null, refusal: null }
}

async function run(...args: string[]) {
  const out: string[] = []
  const errors: string[] = []
  let code = -1
  const program = new Command()
    .exitOverride()
    .configureOutput({ writeErr: text => errors.push(text), writeOut: text => out.push(text) })
  registerRulesCommand(program, {
    environment: {},
    clock: { now: () => now },
    print: text => out.push(text),
    fail: text => errors.push(text),
    exit: given => {
      code = given
    },
  })
  try {
    await program.parseAsync(['rules', ...args, '--config', join(folder, 'collector.yaml')], { from: 'user' })
  } catch (thrown) {
    code = (thrown as { exitCode: number }).exitCode
  }
  return { code, out: out.join('\n'), errors: errors.join('\n') }
}

describe('tillwatch rules explain --item-id', () => {
  it('says why a rule has not fired yet on a stored item: facts with their age, the hold that runs, the file', async () => {
    const { code, out } = await run('explain', '--item-id', ITEM, '--rule', 'own.queue')
    expect(code).toBe(0)
    expect(out).toContain('own.queue: pending\n')
    expect(out).toContain('выдержка до 2026-11-20T08:05:00.000Z')
    expect(out).toContain('Не передано в ОФД: 30 (0 мин назад)')
    expect(out).toContain(join('rules', 'cafe.yaml'))
    const { out: json } = await run('explain', '--item-id', ITEM, '--json')
    expect(JSON.parse(json) as ItemRulesView).toMatchObject({
      place: { tenant: 'main', client: 'cafe', site: 'nevsky' },
      rules: expect.arrayContaining([
        expect.objectContaining({ rule: 'own.queue', verdict: 'pending', holdUntil: '2026-11-20T08:05:00.000Z' }),
      ]) as unknown,
    })
  })

  it('names an item or a rule that is not there, and exits 1', async () => {
    expect(await run('explain', '--item-id', 'register:none', '--lang', 'en')).toMatchObject({
      code: 1,
      errors: expect.stringContaining('there is no item register:none') as string,
    })
    const unknown = await run('explain', '--item-id', ITEM, '--rule', 'no.such')
    expect(unknown.errors).toBe('Такого правила у этого оборудования нет\nБез --rule будут показаны все.')
    expect((await run('explain', '--item-id', ITEM, '--item', 'x.json')).code).toBe(2)
  })
})

describe('tillwatch rules backtest', () => {
  const trial = (text: string) => {
    const file = join(folder, 'trial.yaml')
    writeFileSync(file, text)
    return file
  }
  const report = async (...args: string[]) =>
    JSON.parse((await run('backtest', '--json', '--lang', 'en', ...args)).out) as BacktestReport

  it('replays what was stored: the incident that really was, and that a longer hold would have spared it', async () => {
    const file = trial('overrides: { own.queue: { hold: 30m } }\n')
    expect(await report('--override', file)).toMatchObject({
      before: 1,
      after: 0,
      real: 1,
      reproduced: 1,
      total: { opened: 0, spared: 1, changed: 0, moved: 0 },
      weeks: [{ week: '2026-11-16', spared: 1 }],
      rules: [{ rule: 'own.queue', spared: 1 }],
      differences: [{ kind: 'spared', itemId: ITEM, realNumber: 1, before: { openedAt: '2026-11-20T06:29:00.000Z' } }],
    })
    const { out } = await run('backtest', '--override', file)
    expect(out).toContain(`не открыт ${ITEM}`)
    expect(out).toContain('Часы работы')
  })

  it('finds what a new pack or a lower threshold would have opened, in the span and the place asked for alone', async () => {
    const file = trial(
      PACK.replace('own.queue', 'own.any').replace('class: ofd', 'class: config').replace('>= 10', '>= 1'),
    )
    expect((await report('--pack', file)).total).toMatchObject({ opened: 1 })
    expect((await report('--pack', file, '--site', 'elsewhere')).items).toBe(0)
    const later = await report(
      '--override',
      trial('overrides: { own.queue: { hold: 2m } }\n'),
      '--from',
      '2026-11-20T07:30:00Z',
    )
    expect(later.total).toEqual({ opened: 0, spared: 0, changed: 0, moved: 0 })
  })

  it('refuses a wrong trial with its place', async () => {
    const { code, errors } = await run('backtest', '--override', trial('overrides: { own.queue: { hold: soon } }\n'))
    expect(code).toBe(1)
    expect(errors).toMatch(/trial\.yaml:1:33: overrides\.own\.queue\.hold: expected a duration/)
  })
})
