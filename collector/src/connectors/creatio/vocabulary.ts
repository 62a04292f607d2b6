import { delivered, type Outcome, type Placement, rejected } from '../connector.ts'
import { chosen, createFindings, type Findings, type Lookup, whatIsWrong } from '../probing.ts'
import { type CreatioApi, literal } from './api.ts'
import { type CreatioConfig, STOCK_PRIORITIES } from './config.ts'
import { anyRow, caseRow, type LookupValue, lookupRow, type Vocabulary } from './mapping.ts'

const LOOKUP_COLUMNS = ['Id', 'Name']
const STATUS_COLUMNS = [...LOOKUP_COLUMNS, 'IsFinal', 'IsResolved', 'IsPaused']
const GUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/** Turns the names in the settings into identifiers and proves that the key column is there and can be searched. */
export async function lookUp(config: CreatioConfig, api: CreatioApi, signal: AbortSignal): Promise<Lookup<Vocabulary>> {
  const findings = createFindings()
  const { note, steps } = findings
  const namesOf = (values: readonly LookupValue[]) => values.map(each => each.name).join(', ')
  const all = note('statuses', await api.allRows('CaseStatus', { select: STATUS_COLUMNS }, lookupRow, signal), namesOf)
  if (!all) return { steps, words: null, failure: findings.failure }
  const priorities = note(
    'priorities',
    await api.allRows('CasePriority', { select: LOOKUP_COLUMNS }, lookupRow, signal),
    namesOf,
  )
  const named = (name: string, wanted: string, values: readonly LookupValue[] | null) =>
    values ? note(name, inLookup(wanted, values), each => each.name) : null
  const status = (name: 'opened' | 'solved' | 'reopened' | 'through') =>
    named(`status ${name}`, config.statuses[name], all)
  const [opened, solved, reopened, through] = [
    status('opened'),
    status('solved'),
    status('reopened'),
    status('through'),
  ]
  const [p1, p2, p3, p4] = ([1, 2, 3, 4] as const).map(level =>
    named(`priority ${level}`, config.priorities[level] ?? STOCK_PRIORITIES[config.language][level], priorities),
  )
  const groups = {
    inWork: idsOf('in_work', config.statuses.in_work, all, findings),
    waiting: idsOf('waiting', config.statuses.waiting, all, findings),
    rejected: idsOf('rejected', config.statuses.rejected, all, findings),
  }
  const closureCode =
    config.closure_code === undefined
      ? null
      : note('closure code', await lookupValue(api, 'ClosureCode', config.closure_code, signal), each => each.name)
  const ratings = await ratingsOf(config, api, findings, signal)
  await proveColumns(config, api, findings, signal)
  if (!opened || !solved || !reopened || !through || !p1 || !p2 || !p3 || !p4 || findings.failure) {
    return { steps, words: null, failure: findings.failure }
  }
  const words: Vocabulary = {
    statuses: new Map(all.map(each => [each.id, each])),
    ...{ opened, solved, reopened, through, ...groups },
    priorities: { 1: p1.id, 2: p2.id, 3: p3.id, 4: p4.id },
    closureCode: closureCode?.id ?? null,
    ratings,
  }
  return { steps, words, failure: null }
}

/** By name or by identifier. */
const inLookup = (wanted: string, values: readonly LookupValue[]): Outcome<LookupValue> => {
  const byId = values.find(each => each.id === wanted.toLowerCase())
  return byId ? delivered(byId) : chosen(wanted, values, 'Creatio')
}

/** Statuses of one meaning. Stock ones that an installation has thrown out are no mistake; a name that is not there is. */
function idsOf(
  group: string,
  wanted: readonly string[],
  all: readonly LookupValue[],
  { note }: Findings,
): readonly string[] {
  return wanted.flatMap(each => {
    const found = inLookup(each, all)
    if (found.kind === 'delivered') return [found.value.id]
    if (!GUID.test(each)) note(`status ${group}`, found, () => '')
    return []
  })
}

/** Ratings that a client may give, by their points. */
async function ratingsOf(
  { rating }: CreatioConfig,
  api: CreatioApi,
  { note }: Findings,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  if (!rating) return new Map()
  const { object, points_column: points } = rating
  const rows = await api.allRows(object, { select: ['Id', points] }, anyRow, signal)
  const told = note('ratings', rows, all => all.map(row => row[points]).join(', '))
  return new Map((told ?? []).map(row => [row.Id, Number(row[points])]))
}

/** One value of a lookup object by its name or identifier. */
async function lookupValue(
  api: CreatioApi,
  object: string,
  wanted: string,
  signal: AbortSignal,
): Promise<Outcome<LookupValue>> {
  const filter = GUID.test(wanted) ? `Id eq ${wanted}` : `Name eq ${literal(wanted)}`
  const found = await api.rows(object, { select: LOOKUP_COLUMNS, filter, top: 2 }, lookupRow, signal)
  if (found.kind !== 'delivered') return found
  const [value, second] = found.value.filter(each => each.name === wanted || each.id === wanted.toLowerCase())
  if (second) return rejected('misconfigured', `${object} has “${wanted}” more than once: give its identifier`)
  return value ? delivered(value) : rejected('misconfigured', `no “${wanted}” in ${object}`)
}

/** What every case is read with. */
const CASE_COLUMNS = ['Id', 'StatusId', 'PriorityId']

/** A column that is there comes back when it is asked for. */
async function columnOf(api: CreatioApi, column: string, signal: AbortSignal): Promise<Outcome<unknown>> {
  const found = await api.rows('Case', { select: [...CASE_COLUMNS, column], top: 1 }, caseRow, signal)
  const isMissing = found.kind === 'delivered' && found.value.some(row => !(column in row))
  return isMissing ? rejected('misconfigured', `the object Case has no column ${column}`) : found
}

/** A key that nobody has must find nothing, and the column must come back when it is asked for. */
async function proveColumns(
  config: CreatioConfig,
  api: CreatioApi,
  { note, remark }: Findings,
  signal: AbortSignal,
): Promise<void> {
  const { key_column: key, serial_column: serial, item } = config
  const select = CASE_COLUMNS
  const wanted = [
    key,
    serial,
    config.solution_column,
    config.rating?.case_column,
    ...Object.keys(config.fields),
  ].filter(each => each !== undefined)
  for (const column of new Set(wanted)) {
    const outcome = await columnOf(api, column, signal)
    const tell = column === serial && column !== key ? remark : note
    tell(`column ${column}`, outcome, () => 'is there')
  }
  const filter = `${key} eq 'tw-nobody-has-this'`
  const strangers = await api.rows('Case', { select: [...select, key], filter, top: 1 }, caseRow, signal)
  const ignored = strangers.kind === 'delivered' && strangers.value.length > 0
  const unfit = rejected('misconfigured', `the search by ${key} returns other cases`)
  note('key search', ignored ? unfit : strangers, () => `${key} is searchable`)
  if (!item) return
  const query = { select: ['Id', item.serial_column], top: 1 }
  remark('inventory', await api.rows(item.object, query, anyRow, signal), () => item.object)
  const tie = await api.rows('Case', { select: [...select, item.case_column], top: 1 }, caseRow, signal)
  note(`column ${item.case_column}`, tie, () => 'is there')
}

/** The columns of a new case that say where it goes. */
export type Place = Readonly<Record<string, string>>

/** Finds the identifiers for placements, each once. */
export interface Places {
  /** As the installation has it now, columns of the placement too. */
  look(placement: Placement, signal: AbortSignal): Promise<Outcome<Place>>
  of(placement: Placement, signal: AbortSignal): Promise<Outcome<Place>>
}

/** The places of one installation: service, category, owner and group by their names. */
export function createPlaces(config: CreatioConfig, api: CreatioApi): Places {
  const known = new Map<string, string>()
  const find = async (placement: Placement, isFresh: boolean, signal: AbortSignal): Promise<Outcome<Place>> => {
    const place: Record<string, string> = { ...config.fields }
    const outcomes: Outcome<unknown>[] = []
    if (placement.type !== null) {
      const words = 'Creatio keeps no types of cases: use the category, or a column in `fields`'
      outcomes.push(rejected('misconfigured', words))
    }
    for (const [column, object, name] of [
      ['CategoryId', 'CaseCategory', placement.category ?? config.category],
      ['ServiceItemId', 'ServiceItem', placement.project ?? config.service ?? null],
      ['OwnerId', 'Contact', placement.assignee],
      ['GroupId', 'SysAdminUnit', placement.team],
    ] as const) {
      if (name === null) continue
      const remembered = isFresh ? undefined : known.get(`${object} ${name}`)
      const found = remembered ? delivered({ id: remembered }) : await lookupValue(api, object, name, signal)
      outcomes.push(found)
      if (found.kind !== 'delivered') continue
      known.set(`${object} ${name}`, found.value.id)
      place[column] = found.value.id
    }
    if (isFresh) {
      for (const column of Object.keys(placement.fields)) outcomes.push(await columnOf(api, column, signal))
    }
    return whatIsWrong(outcomes) ?? delivered({ ...place, ...placement.fields })
  }
  return {
    look: (placement, signal) => find(placement, true, signal),
    of: (placement, signal) => find(placement, false, signal),
  }
}
