import type { Bilingual, FactState } from '@tillwatch/rules'
import { frequencyOf } from '../incidents/frequency.ts'
import type { Incident } from '../incidents/incident.ts'
import { raisedIncident } from '../incidents/new-incident.ts'
import type { TicketContext } from '../incidents/ticket-context.ts'
import { type IncidentRecord, type Language, type RecordSurroundings, recordOf } from './incident-record.ts'
import { createRunbookTexts } from './runbook-texts.ts'

const DAY_MS = 24 * 3_600_000
const ONSET = Date.parse('2026-11-20T06:10:00Z')
const NOW = ONSET + 3 * DAY_MS
const ZONE = 'Europe/Moscow'
const both = (ru: string, en: string): Bilingual => ({ ru, en })
const fact = (value: string | number): FactState => ({ value, at: NOW, receivedAt: NOW, source: 'register' })

const INCIDENT: Incident = {
  ...raisedIncident(
    {
      ...{ tenantId: 'sample', dedupKey: 'sample', itemId: 'register:sample', agentId: 'sample', subject: 'sample' },
      causeClass: 'ofd',
      priority: 2,
      priorityReason: both('касса остановится меньше чем через 30 дней', 'the register stops in less than 30 days'),
      title: both('Касса 2: чеки не уходят в ОФД 3 дня', 'Till 2: receipts have not reached the OFD for 3 days'),
      explanation: both(
        'Самый старый неотправленный документ от 20.11.2026, всего их 214.',
        'The oldest unsent document is of 2026-11-20; there are 214 of them.',
      ),
      expected: both('очередь пуста, обмен идёт 30 минут', 'the queue is empty and the exchange works for 30 minutes'),
      component: both('обмен с ОФД', 'exchange with the OFD'),
      runbook: 'runbooks/ofd.queue_age.md',
      onsetAt: ONSET,
    },
    null,
    128,
    NOW,
  ),
  timeToStop: { reason: 'ofd_lock', confidence: 'high', at: ONSET + 30 * DAY_MS, text: both('', '') },
  criticalReason: both('отмеченный объект', 'a marked site'),
}

const CONTEXT: TicketContext = {
  client: 'Клиент из образца',
  legalEntity: 'ООО «Образец»',
  inn: '7700000000',
  site: 'Объект из образца',
  address: 'Москва',
  timezone: ZONE,
  hours: 'пн–вс 09:00–22:00',
  contact: 'администратор смены',
  access: null,
  terminal: 'Касса 2',
  registers: 3,
  kind: 'register',
  slot: 'main',
  identity: '00106700000001',
  facts: {
    'fiscal.register.model': fact('АТОЛ 30Ф'),
    'fiscal.register.registration_number': fact('0000000001234567'),
    'fiscal.fn.serial': fact('9999000000000001'),
    'fiscal.register.firmware': fact('5.8.100'),
    'fiscal.driver.version': fact('10.10.1'),
    'fiscal.ofd.unsent_documents': fact(214),
    'fiscal.ofd.first_unsent_at': fact('2026-11-20T09:10:00'),
  },
  history: {
    frequency: frequencyOf(
      {
        onsets: [ONSET, ONSET - 9 * DAY_MS],
        knownSince: ONSET - 90 * DAY_MS,
        endedAt: null,
        onsetAt: ONSET - 3_600_000,
        isOver: false,
      },
      NOW,
      ZONE,
    ),
    related: [
      {
        at: ONSET - DAY_MS,
        kind: 'update',
        text: both('обновление: версия драйвера: 10.9.0 → 10.10.1', 'update: driver version: 10.9.0 → 10.10.1'),
      },
    ],
    done: [{ at: NOW, text: both('внеочередной опрос (дежурный): выполнено', 'poll out of turn (on duty): done') }],
    silence: [
      { cause: 'line_or_power', confidence: 'low', text: both('линия или питание', 'the line or power'), because: [] },
    ],
  },
  around: {
    remoteAccess: ['AnyDesk 123456789'],
    programs: [{ name: 'iikoFront', value: '9.2.5' }],
    os: 'Windows 10',
    agentVersion: '1.4.0',
  },
}

const SURROUNDINGS: RecordSurroundings = {
  knownErrorOf: () => ({
    number: 7,
    title: both('ОФД не принимает документы после обновления драйвера', 'the OFD takes nothing after a driver update'),
    workaround: 'вернуть прежнюю версию драйвера',
    clientHint: 'перезагрузите компьютер кассы',
    runbook: 'ofd.contract',
  }),
  publicUrl: 'https://tillwatch.example',
  runbookOf: createRunbookTexts(),
}

/** A record in which every field says something: what templates are tried on before they are saved. */
export const sampleRecord = (language: Language): IncidentRecord =>
  recordOf(INCIDENT, CONTEXT, SURROUNDINGS, language, NOW)
