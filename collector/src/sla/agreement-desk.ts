import { type Bilingual, MILESTONE_WORDS, missingYears, type SlaPolicy } from '@tillwatch/rules'
import type { Clock, Component, Logger } from '@tillwatch/shared'
import type { AgreementsView } from '@tillwatch/shared/api'
import { problemLine } from '../rulebook/rule-keeper.ts'
import { createWatchedFiles } from '../watched-files.ts'
import type { SlaBookState, SlaKeeping } from './sla-book.ts'
import { readSlaTexts, type SlaFiles, slaStamp } from './sla-files.ts'

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
  /** Reads the files anew; what is wrong is refused whole, and what was in force goes on. */
  reload(): Promise<SlaBookState>
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
    const problems = state.refused.map(problemLine)
    if (problems.length > 0) log.error({ problems }, 'calendars or policies are wrong; the earlier ones go on')
    else log.info({ policies: state.policies.length }, 'calendars and policies were read anew')
    return state
  }
  const watched = createWatchedFiles({ name: 'agreement files', stamp: () => slaStamp(files), load, clock, log })
  return {
    ...watched,
    view: async gaps => viewOf(await keeping.state(), gaps, clock.now()),
  }
}

function viewOf(state: SlaBookState, { missingRoles, namedPolicies }: DirectoryGaps, now: number): AgreementsView {
  const years = state.calendars.flatMap(calendar =>
    missingYears(calendar, now, now + YEAR_MS).map(year => ({
      ru: `Календарь «${calendar.title.ru}»: праздники ${year} года не загружены, действуют недельные часы и постоянные праздники`,
      en: `Calendar "${calendar.title.en}": the holidays of ${year} are not loaded; weekly hours and fixed holidays hold`,
    })),
  )
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
    refused: state.refused.map(problemLine),
    findings: [...years, ...unknown, ...missingRoles, ...state.warnings.map(problem => asIs(problemLine(problem)))],
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
