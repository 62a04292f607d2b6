import { type Bilingual, MILESTONE_WORDS, missingYears, type SlaPolicy } from '@tillwatch/rules'
import type { Clock, Logger } from '@tillwatch/shared'
import type { AgreementsView } from '@tillwatch/shared/api'
import { problemLine } from '../rulebook/rule-keeper.ts'
import type { SlaBookState, SlaKeeping } from './sla-book.ts'
import { readSlaTexts, type SlaFiles } from './sla-files.ts'

const YEAR_MS = 366 * 24 * 3_600_000

/** Calendars and policies as people see them and read them anew. Lives in the main thread. */
export interface AgreementDesk {
  view(missingRoles: readonly Bilingual[]): Promise<AgreementsView>
  /** Reads the files anew; what is wrong is refused whole, and what was in force goes on. Rejects with `sla.unreadable`. */
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
  return {
    view: async missingRoles => viewOf(await keeping.state(), missingRoles, clock.now()),
    reload: async () => {
      const state = await keeping.load(readSlaTexts(files), clock.now())
      const problems = state.refused.map(problemLine)
      if (problems.length > 0) log.error({ problems }, 'calendars or policies are wrong; the earlier ones go on')
      else log.info({ policies: state.policies.length }, 'calendars and policies were read anew')
      return state
    },
  }
}

function viewOf(state: SlaBookState, missingRoles: readonly Bilingual[], now: number): AgreementsView {
  const years = state.calendars.flatMap(calendar =>
    missingYears(calendar, now, now + YEAR_MS).map(year => ({
      ru: `Календарь «${calendar.title.ru}»: праздники ${year} года не загружены, действуют недельные часы и постоянные праздники`,
      en: `Calendar "${calendar.title.en}": the holidays of ${year} are not loaded; weekly hours and fixed holidays hold`,
    })),
  )
  return {
    loadedAt: new Date(state.loadedAt).toISOString(),
    policies: state.policies.map(policyViewOf),
    calendars: state.calendars.map(({ id, title, zone, dayMs, holidays }) => ({
      ...{ id, title, zone, dayMs, hasHolidays: holidays !== null, years: [...(holidays?.years ?? [])] },
    })),
    refused: state.refused.map(problemLine),
    findings: [...years, ...missingRoles, ...state.warnings.map(problem => asIs(problemLine(problem)))],
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
