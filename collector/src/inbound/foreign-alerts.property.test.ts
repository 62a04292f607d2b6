import { alertmanagerBody, inboundAlert, inboundTicket, zabbixEvent } from '@tillwatch/shared/api'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { alertOfZabbix, alertsOfAlertmanager } from './foreign-alerts.ts'

/** Names that mean something to the language rather than to a monitoring system. */
const nasty = fc.constantFrom('constructor', '__proto__', 'toString', 'hasOwnProperty', '\u0000', '\ud83d', '', ' ')
const word = fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 300 }), fc.constantFrom('critical', 'ofd', 'link'))
const label = fc.oneof(fc.constantFrom('serial', 'terminal', 'site', 'tillwatch_class', 'severity', 'summary'), word)
const labels = fc.dictionary(label, word, { maxKeys: 8 })
const when = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map(date => date.toISOString())

const alertmanager = fc.record({
  alerts: fc.array(
    fc.record(
      {
        status: fc.constantFrom('firing', 'resolved'),
        labels,
        annotations: labels,
        startsAt: when,
        endsAt: when,
        fingerprint: fc.oneof(word, fc.constant('c2e6f5b1')),
      },
      { requiredKeys: ['status', 'startsAt', 'fingerprint'] },
    ),
    { maxLength: 5 },
  ),
})
const number = (max: number) => fc.oneof(fc.integer({ min: 0, max }), fc.integer({ min: 0, max }).map(String))
const zabbix = fc.record(
  {
    value: number(1),
    eventid: number(2 ** 40),
    p_eventid: number(2 ** 40),
    clock: number(9_999_999_999),
    name: word,
    severity: number(5),
    tags: fc.array(fc.record({ tag: label, value: word }), { maxLength: 8 }),
  },
  { requiredKeys: ['value', 'eventid', 'clock'] },
)

describe('R99: whatever another system sends', () => {
  test('its webhook is either refused or becomes alerts that the service takes', () => {
    fc.assert(
      fc.property(alertmanager, body => {
        const parsed = alertmanagerBody.safeParse(JSON.parse(JSON.stringify(body)))
        if (!parsed.success) return
        for (const alert of alertsOfAlertmanager(parsed.data)) {
          const { id: _id, ...said } = alert
          expect(inboundAlert.omit({ id: true }).parse(said)).toMatchObject({ status: alert.status })
          if (alert.at !== undefined) expect(Date.parse(alert.at)).not.toBeNaN()
          expect(alert.title.isWellFormed() && alert.text.isWellFormed()).toBe(true)
        }
      }),
    )
  })

  test('its event is either refused or becomes an alert that the service takes', () => {
    fc.assert(
      fc.property(zabbix, body => {
        const parsed = zabbixEvent.safeParse(JSON.parse(JSON.stringify(body)))
        if (!parsed.success) return
        const alert = alertOfZabbix(parsed.data)
        expect(inboundAlert.parse(alert)).toMatchObject({ id: alert.id })
      }),
    )
  })

  test.each([
    ['alerts', inboundAlert],
    ['the webhook', alertmanagerBody],
    ['an event', zabbixEvent],
    ['tickets', inboundTicket],
  ])('no JSON at all makes the reading of %s throw', (_name, schema) => {
    fc.assert(fc.property(fc.jsonValue(), body => void schema.safeParse(body)))
  })

  test('what is no number is not taken for one: null, a flag and an empty text end no problem', () => {
    const event = { value: 1, eventid: 42, clock: 1_800_000_000 }
    expect(zabbixEvent.safeParse(event).success).toBe(true)
    for (const value of [null, false, '', [], '0x1', 0.5])
      expect(zabbixEvent.safeParse({ ...event, value }).success).toBe(false)
  })

  test('only text goes on: one line of title, no control characters, no halves of a character', () => {
    const ticket = inboundTicket.parse({
      id: 'mail-1',
      channel: 'email',
      title: ' Касса\r\nBcc: all@example.com \u0007',
      text: 'раз\r\nдва\u0000\u001b[31m \ud83d',
    })
    expect(ticket.title).toBe('Касса Bcc: all@example.com')
    expect(ticket.text).toBe('раз \nдва  [31m \ufffd')
  })

  test('a description that is too long is cut: a refusal would lose every alert of the body', () => {
    const one = { status: 'firing', startsAt: '2026-11-22T09:00:00Z', fingerprint: 'f' }
    const body = alertmanagerBody.parse({ alerts: [{ ...one, annotations: { description: 'x'.repeat(9_000) } }] })
    expect(alertsOfAlertmanager(body)[0]?.text).toHaveLength(4_000)
  })
})
