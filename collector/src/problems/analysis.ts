import type { Bilingual } from '@tillwatch/rules'
import type { MonthlyAnalysis } from '@tillwatch/shared/api'
import type { IncidentFace } from './signature.ts'

/** One incident of the month. */
export interface AnalysedIncident {
  readonly id: string
  readonly number: number
  readonly parentId: string | null
  readonly clientId: string | null
  readonly client: string | null
  readonly itemId: string
  readonly signatureKey: string
  readonly face: IncidentFace
  readonly title: Bilingual
  readonly component: Bilingual
}

/** How many incidents of a client, of one of his modules, of one operation there were; the key names which. */
export type Counts = Readonly<Record<string, number>>

/** Fewer than this are never called raised: twice nothing is nothing. */
const RAISED_MIN = 5
/** At least so many times the usual number. */
const RAISED_TIMES = 2
/** Types that a client's list names, and incidents that a type names. */
const TYPES_MAX = 100
const NUMBERS_MAX = 20

type RaisedKind = MonthlyAnalysis['raised'][number]['kind']
interface Counted {
  readonly kind: RaisedKind
  readonly client: string | null
  readonly what: Bilingual
  count: number
}

/**
 * The same-type incidents of each client in a month, and what was raised against the mean of the months before (R100, R101). A mass
 * incident and its children are one incident of each client that it touched (domain 18.43). `earlier`: counts of the months before, as
 * they were issued; without any nothing is called raised.
 */
export function analyse(
  incidents: readonly AnalysedIncident[],
  earlier: readonly Counts[],
): Pick<MonthlyAnalysis, 'total' | 'clients' | 'raised'> & { readonly counts: Counts } {
  const own = withoutChildren(incidents)
  const counted = count(own)
  const byClient = grouped(own, incident => incident.clientId ?? '')
  return {
    total: own.length,
    clients: [...byClient.values()]
      .map(of => ({ client: of[0]?.client ?? null, total: of.length, types: typesOf(of) }))
      .sort((a, b) => b.total - a.total || (a.client ?? '').localeCompare(b.client ?? '')),
    raised: [...counted].flatMap(([key, one]) => raisedOf(key, one, earlier)).sort((a, b) => b.count - a.count),
    counts: Object.fromEntries([...counted].map(([key, one]) => [key, one.count])),
  }
}

/** One incident for each client and mass incident; the mass incident itself only when it has no child of a known client. */
function withoutChildren(incidents: readonly AnalysedIncident[]): readonly AnalysedIncident[] {
  const parents = new Set(incidents.map(incident => incident.parentId))
  const seen = new Set<string>()
  return incidents.filter(incident => {
    if (parents.has(incident.id)) return false
    if (incident.parentId === null) return true
    const key = JSON.stringify([incident.clientId, incident.parentId])
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

function typesOf(incidents: readonly AnalysedIncident[]): MonthlyAnalysis['clients'][number]['types'] {
  return [...grouped(incidents, incident => incident.signatureKey).values()]
    .sort((a, b) => b.length - a.length)
    .slice(0, TYPES_MAX)
    .flatMap(group => {
      const newest = group.reduce((last, each) => (each.number > last.number ? each : last))
      const { causeClass, checks, model, firmware, errorCodes } = newest.face
      const numbers = group.map(each => each.number).sort((a, b) => b - a)
      return {
        title: newest.title,
        ...{ check: checks[0] ?? null, causeClass, model, firmware, errorCode: errorCodes[0] ?? null },
        count: group.length,
        items: new Set(group.map(each => each.itemId)).size,
        numbers: numbers.slice(0, NUMBERS_MAX),
      }
    })
}

function count(incidents: readonly AnalysedIncident[]): Map<string, Counted> {
  const counted = new Map<string, Counted>()
  for (const { clientId, client, component, face } of incidents) {
    const check = face.checks[0] ?? face.causeClass
    const lines: [RaisedKind, string, Bilingual][] = [
      ['client', '', { ru: 'все инциденты', en: 'all incidents' }],
      ['module', component.en, component],
      ['operation', check, { ru: check, en: check }],
    ]
    for (const [kind, name, what] of lines) {
      const key = JSON.stringify([kind, clientId, name])
      const one = counted.get(key) ?? { kind, client, what, count: 0 }
      one.count++
      counted.set(key, one)
    }
  }
  return counted
}

function raisedOf(key: string, one: Counted, earlier: readonly Counts[]): MonthlyAnalysis['raised'] {
  if (earlier.length === 0 || one.count < RAISED_MIN) return []
  const usual = earlier.reduce((sum, month) => sum + (month[key] ?? 0), 0) / earlier.length
  if (one.count < RAISED_TIMES * usual) return []
  const mean = Math.round(usual * 10) / 10
  const { kind, client, what, count: seen } = one
  const text = {
    ru: `${seen} за месяц, обычно ${mean} (среднее за ${earlier.length} мес.). Повышенным считается число от ${RAISED_MIN}, если оно не меньше обычного в ${RAISED_TIMES} раза`,
    en: `${seen} in the month, usually ${mean} (the mean of ${earlier.length} months). Raised means at least ${RAISED_MIN} and at least ${RAISED_TIMES} times the usual number`,
  }
  return [{ kind, client, what, count: seen, usual: mean, text }]
}

function grouped<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, [T, ...T[]]> {
  const groups = new Map<string, [T, ...T[]]>()
  for (const value of values) {
    const group = groups.get(keyOf(value))
    if (group) group.push(value)
    else groups.set(keyOf(value), [value])
  }
  return groups
}
