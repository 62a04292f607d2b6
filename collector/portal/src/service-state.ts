import type { FactView, TerminalView } from '@tillwatch/shared/api'

type Item = TerminalView['items'][number]

/** How a service is, by the fact that says most of it. */
export interface ServiceState {
  readonly tone: Item['health']
  /** Null when nothing is known. */
  readonly fact: FactView | null
}

/** Whether a value is as it should be, at the time when it was told. */
type Judge = (value: FactView['value'], at: string) => boolean
const is =
  (...good: readonly FactView['value'][]): Judge =>
  value =>
    good.includes(value)
const isBelow =
  (limit: number): Judge =>
  value =>
    typeof value !== 'number' || value < limit

/** Renewing a certificate takes days and somebody with the key: a month ahead is when to begin. */
const ENDING_MS = 30 * 24 * 3_600_000
const lasts: Judge = (value, at) => typeof value !== 'string' || Date.parse(value) - Date.parse(at) >= ENDING_MS
/** A local module sells on for days without its server; after one it is worth a look. */
const HOURS_ALONE = 24

/** What each fact of a service should be; those that matter most first. A licence as the UTM tells it is not among them: it is false on UTMs that work. */
const WELL: readonly (readonly [name: string, isWell: Judge])[] = [
  ['egais.utm.link', is('ok')],
  ['chz.piot.link', is('ok')],
  // The service's own words, of which only this one is known to be bad.
  ['chz.piot.state', value => value !== 'Остановлено'],
  ['chz.lm.link', is('ok')],
  ['chz.lm.status', is('ready')],
  ['host.service.state', is('running', 'changing')],
  ['pos.app.running', is(true)],
  ['ofd.server.reach', is('ok')],
  ['egais.utm.rsa_error', is(null)],
  ['egais.utm.owner_matches', is(true)],
  ['egais.utm.gost_valid', is(true)],
  ['egais.utm.gost_key_valid', is(true)],
  ['egais.utm.rsa_valid', is(true)],
  ['chz.lm.requires_download', is(false)],
  ['chz.lm.operation_mode', is('active')],
  ['chz.piot.licence_active', is(true)],
  ['chz.lm.sync_age_hours', isBelow(HOURS_ALONE)],
  ['egais.utm.gost_valid_until', lasts],
  ['egais.utm.gost_key_valid_until', lasts],
  ['egais.utm.rsa_valid_until', lasts],
  ['chz.piot.licence_until', lasts],
]

/** Facts whose value says by itself what it is about. */
const SPEAKING = /\.(link|status|state|reach|running)$/

/** Whether the value of a fact is understood without the name of the fact before it. */
export const speaksAlone = (name: string): boolean => SPEAKING.test(name)

/** The first fact that is not as it should be, else the first that is known. Rules decide what is wrong; this is a hint for the eye. */
export function serviceState({ facts, health }: Pick<Item, 'facts' | 'health'>): ServiceState {
  const known = WELL.flatMap(([name, isWell]) => {
    const fact = facts.find(each => each.name === name)
    return fact && !(fact.value === null && fact.reason !== undefined)
      ? { fact, isWell: isWell(fact.value, fact.at) }
      : []
  })
  const told = known.find(({ isWell }) => !isWell) ?? known[0]
  const fact = told?.fact ?? null
  if (health === 'red' || health === 'yellow') return { tone: health, fact }
  if (!told || told.fact.stale) return { tone: 'grey', fact }
  return { tone: told.isWell ? 'green' : 'yellow', fact }
}

/** Facts that are told beside the state, those that people ask for first. */
const BESIDE = [
  'egais.utm.gost_valid_until',
  'egais.utm.rsa_valid_until',
  'chz.piot.licence_until',
  'chz.lm.sync_age_hours',
  'pos.app.version',
  'egais.utm.version',
  'chz.lm.version',
  'ofd.server.connect_ms',
]
const BESIDE_MAX = 2

/** A module that spoke with its server within the hour needs no word about it. */
const isWorthTelling = ({ name, value }: FactView): boolean =>
  value !== null && !(name === 'chz.lm.sync_age_hours' && typeof value === 'number' && value < 1)

/** At most two facts that are told beside the state of a service, which may be told by one of them already. */
export const besideState = (facts: readonly FactView[], state: FactView | null): readonly FactView[] =>
  BESIDE.filter(name => name !== state?.name)
    .flatMap(name => facts.find(fact => fact.name === name && isWorthTelling(fact)) ?? [])
    .slice(0, BESIDE_MAX)

const NAMED_PLACES = [
  ['egais-utm-', 'egais'],
  ['chz-lm-', 'module'],
  ['ts-piot-', 'piot'],
  ['ofd-', 'ofd'],
] as const
export type ServiceKind = (typeof NAMED_PLACES)[number][1]

/** What kind of service a place is and where it is; null for programs and services that have names of their own. */
export function placeOfService(slot: string): { readonly kind: ServiceKind; readonly where: string } | null {
  const found = NAMED_PLACES.find(([prefix]) => slot.startsWith(prefix))
  return found ? { kind: found[1], where: slot.slice(found[0].length) } : null
}
