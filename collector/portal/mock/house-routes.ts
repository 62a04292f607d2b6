import { directory, directoryView, importReport, replacementPlan } from '@tillwatch/shared/api'
import { type Answer, type Call, HOUR, iso, type Routes } from './mock-call.ts'
import { planOf } from './mock-plan.ts'
import type { MockState } from './mock-state.ts'

const NO_HOURS = {
  ru: 'часы работы не указаны: по молчанию кассы нельзя судить, закрыт ли объект',
  en: 'opening hours are not known: silence of a till cannot be judged by them',
}

const importAnswer = (state: MockState, { url, body }: Call): Answer => {
  const file = directory.parse(body)
  const dryRun = url.searchParams.get('dryRun') === 'true'
  const site = file.sites[0]
  const known = state.fleet.directory.sites.some(each => each.code === site?.code)
  const wrongHours = site?.hours !== undefined && !/\d\d:\d\d-\d\d:\d\d|24\/7/.test(site.hours)
  const entry = { kind: 'sites', code: site?.code ?? '' }
  if (!dryRun && site && !known) state.fleet.directory.sites.push(site)
  return [
    importReport,
    {
      dryRun,
      created: known || wrongHours ? [] : [entry],
      updated: known && !wrongHours ? [{ ...entry, fields: ['address', 'hours'] }] : [],
      unchanged: 1,
      problems: wrongHours
        ? [
            {
              where: `sites ${site?.code} hours`,
              message: {
                ru: `часы «${site?.hours}» непонятны; пишут так: 10:00-23:00`,
                en: `hours "${site?.hours}" are not understood; write 10:00-23:00`,
              },
            },
          ]
        : [],
      gaps: site && !site.hours ? [{ where: `sites ${site.code}`, message: NO_HOURS }] : [],
    },
  ]
}

/** The directory and the plan that is made of it. */
export function directoryRoutes(state: MockState): Routes {
  return {
    'GET replacements': ({ url }) => [
      replacementPlan,
      planOf(state.fleet.rows, state.now, Number(url.searchParams.get('months') ?? 12)),
    ],
    'GET directory': () => [
      directoryView,
      {
        directory: state.fleet.directory,
        gaps: [
          { where: 'sites vkusno-3', message: NO_HOURS },
          {
            where: 'terminals vkusno-2-1 inn',
            message: {
              ru: 'ККТ 0000000000301234 зарегистрирована на ИНН 7709990015, в справочнике здесь 7709990008',
              en: 'register 0000000000301234 is registered to INN 7709990015, the directory has 7709990008 here',
            },
          },
        ],
        agents: state.fleet.rows.slice(0, 14).map((row, index) => ({
          id: row.agentId,
          site: row.site?.code ?? null,
          terminal: row.terminal?.code ?? null,
          state: row.agentState,
          lastHeardAt: row.heardAt,
          version: '0.1.0',
          revoked: index === 12,
          duplicateIdentity: index === 5,
        })),
        unknownAgents: [
          {
            id: 'agent-old-17',
            address: '203.0.113.24',
            attempts: 41,
            firstAt: iso(state.now - 40 * HOUR),
            lastAt: iso(state.now - 60_000),
          },
        ],
      },
    ],
    'POST directory': call => importAnswer(state, call),
  }
}
