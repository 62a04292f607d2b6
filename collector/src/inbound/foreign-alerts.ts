import type { AlertmanagerBody, InboundAlert, InboundPlace, ZabbixEvent } from '@tillwatch/shared/api'

const TITLE_LENGTH_MAX = 200

/** How other systems name the cause class; `class` alone is often taken there. */
const CLASS = 'tillwatch_class'

const placeOf = (words: Readonly<Record<string, string | undefined>>): InboundPlace => {
  const named = (name: string) => (words[name] ? { [name]: words[name].slice(0, 64) } : {})
  return { ...named('serial'), ...named('terminal'), ...named('site') }
}
const classOf = (word: string | undefined): Pick<InboundAlert, 'class'> => (word ? { class: word.slice(0, 64) } : {})

const PROMETHEUS_SEVERITIES: Readonly<Record<string, InboundAlert['severity']>> = {
  critical: 'critical',
  page: 'critical',
  error: 'important',
  warning: 'important',
  info: 'minor',
  none: 'minor',
}

/** Alerts of one webhook of Alertmanager. A fingerprint names an alert for ever; without an end it is resolved as of now. */
export const alertsOfAlertmanager = (body: AlertmanagerBody): readonly InboundAlert[] =>
  body.alerts.map(({ status, labels, annotations, startsAt, endsAt, fingerprint }) => ({
    id: fingerprint,
    status,
    item: placeOf(labels),
    ...classOf(labels[CLASS]),
    title: (annotations['summary'] ?? labels['alertname'] ?? fingerprint).slice(0, TITLE_LENGTH_MAX),
    text: annotations['description'] ?? '',
    severity: PROMETHEUS_SEVERITIES[labels['severity'] ?? ''] ?? 'important',
    ...(status === 'firing' ? { at: startsAt } : endsAt === undefined ? {} : { at: endsAt }),
  }))

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
  const words = Object.fromEntries(event.tags.map(({ tag, value }) => [tag, value]))
  return {
    id: event.value === 0 ? (event.p_eventid ?? event.eventid) : event.eventid,
    status: event.value === 1 ? 'firing' : 'resolved',
    item: placeOf(words),
    ...classOf(words[CLASS]),
    title: event.name.slice(0, TITLE_LENGTH_MAX),
    text: '',
    severity: ZABBIX_SEVERITIES[event.severity] ?? 'important',
    at: new Date(event.clock * 1000).toISOString(),
  }
}
