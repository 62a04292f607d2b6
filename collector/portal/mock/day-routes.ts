import { acceptedSetting, type DailyView, dailyView, type LaunchView, launchView } from '@tillwatch/shared/api'
import { HOUR, iso, Refusal, type Routes } from './mock-call.ts'
import type { MockState } from './mock-state.ts'

const DAY = 24 * HOUR
const FN = ['fiscal.ofd.unsent_documents', 'fiscal.fn.valid_until', 'fiscal.fn.last_document']
const DISK = 'host.disk.free_bytes'

type Row = MockState['fleet']['rows'][number]

/** What a register of the invented fleet was not asked today; nothing for most of them. */
function lacksOf(row: Row): string[] {
  if (row.link === 'error') return FN
  if (row.itemId === 'register-12') return ['fiscal.fn.last_document', DISK]
  if (row.site?.timezone === 'Asia/Vladivostok') return []
  return row.agentState === 'online' ? [] : [...FN, DISK]
}

function dayOf({ fleet: { rows, directory }, now }: MockState): DailyView {
  const date = (ms: number) => iso(ms).slice(0, 10)
  const judged = rows.map(row => ({ row, lacks: lacksOf(row), missed: row.itemId === 'register-8' }))
  const countsOf = (part: typeof judged) => ({
    registers: part.length,
    checked: part.filter(({ lacks }) => lacks.length === 0).length,
    missed: part.filter(({ lacks, missed }) => missed && lacks.length > 0).length,
  })
  const unchecked = judged.filter(({ lacks }) => lacks.length > 0)
  return {
    at: iso(now),
    totals: countsOf(judged),
    clients: directory.clients.map(({ code, name }) => ({
      ...countsOf(judged.filter(({ row }) => row.client === name)),
      ...{ code, name },
    })),
    sites: directory.sites.map(({ code, name, client }) => {
      const part = judged.filter(({ row }) => row.site?.code === code)
      const clientName = directory.clients.find(each => each.code === client)?.name ?? client
      return {
        ...countsOf(part),
        ...{ code, name, client: clientName, clientCode: client, day: date(now), open: code !== 'vkusno-2' },
        timeToStop: part[0]?.row.siteTimeToStop ?? null,
      }
    }),
    unchecked: unchecked.map(({ row, lacks, missed }) => ({
      ...{ itemId: row.itemId ?? '', agentId: row.agentId, terminal: row.terminal?.name ?? null, serial: row.serial },
      ...{ site: row.site?.name ?? null, siteCode: row.site?.code ?? null, lacks, missed },
      ...{ agentState: row.agentState, heardAt: row.heardAt, checkedTo: date(now - (missed ? 3 : 1) * DAY) },
    })),
    uncheckedTotal: unchecked.length,
  }
}

const settingOf = (row: Row | undefined, fact: string, value: string) => ({
  ...{ itemId: row?.itemId ?? '', agentId: row?.agentId ?? '', terminal: row?.terminal?.name ?? null },
  ...{ serial: row?.serial ?? null, fact, value },
})

function launchesOf({ fleet: { rows }, now }: MockState): LaunchView['sites'] {
  const at = (name: string) => rows.filter(({ site }) => site?.name === name)
  const [first, second] = at('Академгородок')
  return [
    {
      ...{ code: 'apteka-zdorovo-5', name: 'Академгородок', client: 'Аптеки «Здорово»', over: false },
      ...{ from: iso(now - 5 * DAY), until: iso(now + 8.5 * DAY) },
      findings: [
        {
          ...{ incidentId: 'incident-4', number: 1042, status: 'open', openedAt: iso(now - 26 * HOUR) },
          title: {
            ru: 'Настройки кассы не по профилю объекта: ФФД, Адрес ОФД',
            en: "The register's settings differ from the site's profile: FFD version, OFD host",
          },
        },
        {
          ...{ incidentId: 'incident-5', number: 1037, status: 'solved', openedAt: iso(now - 4 * DAY) },
          title: { ru: 'Часы ПК отстают на 7 минут', en: 'The PC clock is 7 minutes slow' },
        },
      ],
      differing: [
        { ...settingOf(first, 'fiscal.register.ffd', '1.05'), expected: '1.2' },
        { ...settingOf(first, 'fiscal.register.ofd_host', 'k-server.old-ofd.example'), expected: 'ofd.example' },
      ],
      accepted: [
        {
          ...settingOf(second, 'fiscal.driver.version', '5.17.0.980'),
          ...{ by: 'Борис Ким', at: iso(now - 3 * HOUR) },
        },
      ],
    },
    {
      ...{ code: 'vkusno-3', name: 'Невский', client: 'Кафе «Вкусно и рядом»', over: true },
      ...{ from: iso(now - 20 * DAY), until: iso(now - 6 * DAY), findings: [], differing: [], accepted: [] },
    },
  ]
}

/** The day of the invented fleet, and its new outlets. */
export function dayRoutes(state: MockState): Routes {
  const sites = launchesOf(state)
  return {
    'GET daily': () => [dailyView, dayOf(state)],
    'GET launches': () => [launchView, { sites }],
    'POST items/*/accepted': ({ parts, body }) => {
      const { fact } = acceptedSetting.parse(body)
      const site = sites.find(({ differing }) => differing.some(each => each.itemId === parts[1] && each.fact === fact))
      const setting = site?.differing.find(each => each.itemId === parts[1] && each.fact === fact)
      if (!site || !setting) throw new Refusal(409, 'setting.unknown', '')
      const { expected: _, ...accepted } = setting
      site.differing.splice(site.differing.indexOf(setting), 1)
      site.accepted.unshift({ ...accepted, by: state.person.name, at: iso(state.now) })
      return null
    },
  }
}
