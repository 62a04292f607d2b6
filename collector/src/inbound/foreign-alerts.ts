import type { AlertmanagerBody, InboundAlert, InboundPlace, ZabbixEvent } from '@tillwatch/shared/api'

const TITLE_LENGTH_MAX = 200

/** How other systems name the cause class; `class` alone is often taken there. */
const CLASS = 'tillwatch_class'

/** Labels or tags, which may have any name at all, `constructor` too. */
type Words = ReadonlyMap<string, string>

/** A word that is longer than any name in the directory names nothing there. */
const NAME_LENGTH_MAX = 64
const named = (words: Words, label: string, name = label) => {
  const word = words.get(label)?.trim() ?? ''
  return word === '' || word.length > NAME_LENGTH_MAX ? {} : { [name]: word }
}
const placeOf = (words: Words): InboundPlace => ({
  ...named(words, 'serial'),
  ...named(words, 'terminal'),
  ...named(words, 'site'),
})
const classOf = (words: Words): Pick<InboundAlert, 'class'> => named(words, CLASS, 'class')
const titleOf = (text: string): string => text.slice(0, TITLE_LENGTH_MAX).toWellFormed()

const PROMETHEUS_SEVERITIES: ReadonlyMap<string, InboundAlert['severity']> = new Map([
  ['critical', 'critical'],
  ['page', 'critical'],
  ['error', 'important'],
  ['warning', 'important'],
  ['info', 'minor'],
  ['none', 'minor'],
])

/** Alerts of one webhook of Alertmanager. A fingerprint names an alert for ever; without an end it is resolved as of now. */
export const alertsOfAlertmanager = (body: AlertmanagerBody): readonly InboundAlert[] =>
  body.alerts.map(({ status, labels, annotations, startsAt, endsAt, fingerprint }) => {
    const [words, said] = [new Map(Object.entries(labels)), new Map(Object.entries(annotations))]
    return {
      id: fingerprint,
      status,
      item: placeOf(words),
      ...classOf(words),
      title: titleOf(said.get('summary') || words.get('alertname') || fingerprint),
      text: said.get('description') ?? '',
      severity: PROMETHEUS_SEVERITIES.get(words.get('severity') ?? '') ?? 'important',
      ...(status === 'firing' ? { at: startsAt } : endsAt === undefined ? {} : { at: endsAt }),
    }
  })

const ZABBIX_SEVERITIES: readonly InboundAlert['severity'][] = [
  'minor',
  'minor',
  'important',
  'important',
  'critical',
  'stopped',
]

/** One event of Zabbix; a recovery speaks of the problem that it ends. */
export function alertOfZabbix(event: ZabbixEvent): InboundAlert {
  const words = new Map(event.tags.map(({ tag, value }) => [tag, value]))
  return {
    id: event.value === 0 ? (event.p_eventid ?? event.eventid) : event.eventid,
    status: event.value === 1 ? 'firing' : 'resolved',
    item: placeOf(words),
    ...classOf(words),
    title: titleOf(event.name),
    text: '',
    severity: ZABBIX_SEVERITIES[event.severity] ?? 'important',
    at: new Date(event.clock * 1000).toISOString(),
  }
}
