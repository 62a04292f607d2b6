import { DatabaseSync } from 'node:sqlite'
import { beforeEach, expect, it } from 'vitest'
import { fresh, NOW } from '../incidents/testing/incident-fixture.ts'
import { createTicketContextReader } from '../incidents/ticket-context.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { STATE_MIGRATIONS } from '../store/sqlite/state-schema.ts'
import { createTemplateStore, type TemplateStore } from './template-store.ts'
import { createTicketWriter } from './ticket-writer.ts'

let database: DatabaseSync
let store: TemplateStore
beforeEach(() => {
  database = new DatabaseSync(':memory:')
  migrate(database, STATE_MIGRATIONS)
  store = createTemplateStore(database)
  for (const language of ['ru', 'en'] as const) {
    store.add({ tenantId: 'main', kind: 'title', language }, `${language}: {{ title }}`, 'anna', NOW)
  }
})

const titleIn = (...spoken: ('ru' | 'en')[]) => {
  const surroundings = { knownErrorOf: () => null, publicUrl: null, runbookOf: () => null }
  const writer = createTicketWriter(store, surroundings, () => new Set(spoken))
  return writer.textsOf(fresh(), createTicketContextReader(database)(fresh(), NOW), NOW).title()
}

it('a ticket is written in the languages that desks of its tenant speak', () => {
  expect(titleIn('ru', 'en')).toEqual({ ru: 'ru: queue stands', en: 'en: queue stands' })
  expect(titleIn('ru')).toEqual({ ru: 'ru: queue stands', en: 'ru: queue stands' })
  expect(titleIn('en')).toEqual({ ru: 'en: queue stands', en: 'en: queue stands' })
  expect(titleIn()).toEqual({ ru: '', en: '' })
})
