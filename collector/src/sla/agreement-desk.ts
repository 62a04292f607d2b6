import { type Bilingual, MILESTONE_WORDS, missingYears, type SlaPolicy } from '@tillwatch/rules'
import type { Clock, Component, Logger } from '@tillwatch/shared'
import type { AgreementsView } from '@tillwatch/shared/api'
import { problemLine } from '../rulebook/rule-keeper.ts'
import { createWatchedFiles } from '../watched-files.ts'
import type { SlaBookState, SlaKeeping } from './sla-book.ts'
import { readSlaTexts, type SlaFiles, slaStamp } from './sla-files.ts'
import type { RefusedSlaFile } from './sla-opening.ts'

const YEAR_MS = 366 * 24 * 3_600_000

/** A policy that a contract names by its id. */
export interface NamedPolicy {
  readonly contract: string
  readonly policy: string
}

/** What a tenant's directory says, as far as agreements lack something. */
export interface DirectoryGaps {
  readonly missingRoles: readonly Bilingual[]
  readonly namedPolicies: readonly NamedPolicy[]
}

/** Calendars and policies as people see them; sees to it that those in force lie on the disk. Lives in the main thread. */
export interface AgreementDesk extends Component {
  view(gaps: DirectoryGaps): Promise<AgreementsView>
  /** Reads the files anew; while one of them is wrong, what was in force goes on. */
  reload(): Promise<SlaBookState>
  /** Names of files that do not count as they lie on the disk. */
  readonly refused: readonly string[]
  /** Years without their holidays that begin, or run, within that time. Known after `start`. */
  missingYears(withinMs: number): readonly MissingYear[]
}

/** A year of which a calendar in force knows no holidays, by the calendar's title. */
interface MissingYear {
  readonly calendar: Bilingual
  readonly year: number
}

export interface AgreementDeskOptions {
  readonly files: SlaFiles
  readonly keeping: SlaKeeping
  readonly clock: Clock
  readonly log: Logger
}

/** The desk over the configured files. */
export function createAgreementDesk({ files, keeping, clock, log }: AgreementDeskOptions): AgreementDesk {
  const load = async (): Promise<SlaBookState> => {
    const state = await keeping.load(await readSlaTexts(files), clock.now())
    took(state)
    if (state.refused.length === 0)
      log.info({ policies: state.policies.length }, 'calendars and policies were read anew')
    return state
  }
  let current: SlaBookState | null = null
  const took = (state: SlaBookState) => {
    current = state
    for (const { file, inForce, problems } of state.refused)
      log.error({ file, inForce, problems: problems.map(problemLine) }, 'a file of calendars or policies is not taken')
  }
  const watched = createWatchedFiles({ name: 'agreement files', stamp: () => slaStamp(files), load, clock, log })
  return {
    ...watched,
    start: async () => {
      took(await keeping.state())
      await watched.start()
    },
    get refused() {
      return current?.refused.map(({ file }) => file) ?? []
    },
    missingYears: withinMs => (current === null ? [] : gapsOf(current, clock.now(), withinMs)),
    view: async gaps => viewOf(await keeping.state(), gaps, clock.now()),
  }
}

function viewOf(state: SlaBookState, { missingRoles, namedPolicies }: DirectoryGaps, now: number): AgreementsView {
  const years = gapsOf(state, now, YEAR_MS).map(({ calendar: title, year }) => ({
    ru: `Календарь «${title.ru}»: праздники ${year} года не загружены, действуют недельные часы и постоянные праздники`,
    en: `Calendar "${title.en}": the holidays of ${year} are not loaded; weekly hours and fixed holidays hold`,
  }))
  const unknown = namedPolicies
    .filter(({ policy }) => !state.policies.some(({ id }) => id === policy))
    .map(({ contract, policy }) => ({
      ru: `Договор ${contract} называет политику ${policy}, которой нет: сроки берутся по клиенту, классу объекта или обычные`,
      en: `Contract ${contract} names the policy ${policy}, which is not there: the times of the client, of the class of the site or the usual ones hold`,
    }))
  return {
    loadedAt: new Date(state.loadedAt).toISOString(),
    policies: state.policies.map(policyViewOf),
    calendars: state.calendars.map(({ id, title, zone, dayMs, holidays }) => ({
      ...{ id, title, zone, dayMs, hasHolidays: holidays !== null, years: [...(holidays?.years ?? [])] },
    })),
    refused: state.refused.flatMap(({ problems }) => problems.map(problemLine)),
    findings: [
      ...state.refused.map(standInWords),
      ...years,
      ...unknown,
      ...missingRoles,
      ...state.warnings.map(problem => asIs(problemLine(problem))),
    ],
  }
}

/** Years without their holidays that a calendar in force counts in from now on. */
const gapsOf = ({ calendars }: SlaBookState, now: number, withinMs: number): readonly MissingYear[] =>
  calendars.flatMap(calendar =>
    missingYears(calendar, now, now + withinMs).map(year => ({ calendar: calendar.title, year })),
  )

const standInWords = ({ file, problems, inForce }: RefusedSlaFile): Bilingual => {
  const isRight = problems.length === 0
  if (inForce === 'nothing')
    return { ru: `Файл ${file} не действует, остальные работают`, en: `The file ${file} has no say; the others work` }
  return {
    ru: `Файл ${file}: действует прежний текст${isRight ? ', новый ждёт исправления остальных' : ''}`,
    en: `The file ${file}: its earlier text stays in force${isRight ? '; the new one waits for the others to be corrected' : ''}`,
  }
}

const asIs = (text: string): Bilingual => ({ ru: text, en: text })

const policyViewOf = ({ id, title, calendar, scope, rows }: SlaPolicy): AgreementsView['policies'][number] => ({
  ...{ id, title, calendar },
  scope: scope.map(scopeWords),
  rows: Object.entries(rows).map(([row, { reaction, solution, milestones }]) => ({
    row,
    reaction: {
      targetMs: reaction.targetMs === reaction.limitMs ? null : reaction.targetMs,
      ...{ limitMs: reaction.limitMs, calendar: reaction.calendar },
    },
    solution:
      solution.until === 'solved' ? { targetMs: null, limitMs: solution.limitMs, calendar: solution.calendar } : null,
    milestones: milestones.map(milestone => ({
      ...{ name: MILESTONE_WORDS[milestone.event], limitMs: milestone.limitMs, calendar: milestone.calendar },
    })),
  })),
})

function scopeWords(scope: SlaPolicy['scope'][number]): Bilingual {
  if ('default' in scope) return { ru: 'все, кого не касается другое', en: 'everybody else' }
  if ('site_class' in scope)
    return { ru: `объекты класса ${scope.site_class}`, en: `sites of class ${scope.site_class}` }
  const service = {
    ru: scope.service ? `, услуга «${scope.service}»` : '',
    en: scope.service ? `, service "${scope.service}"` : '',
  }
  return 'contract' in scope
    ? { ru: `договор ${scope.contract}${service.ru}`, en: `contract ${scope.contract}${service.en}` }
    : { ru: `клиент ${scope.client}${service.ru}`, en: `client ${scope.client}${service.en}` }
}
