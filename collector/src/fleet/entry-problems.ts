import { parseHours } from '@tillwatch/rules'
import {
  type BilingualText,
  client,
  contract,
  isSoundInn,
  legalEntity,
  RESPONSIBLE_ROLES,
  responsible,
  site,
  terminal,
} from '@tillwatch/shared/api'
import type { z } from 'zod'

/** Kinds of entries, in the order in which they depend on one another. */
export const ENTRY_KINDS = ['clients', 'legal_entities', 'sites', 'terminals', 'contracts', 'responsibles'] as const
export type EntryKind = (typeof ENTRY_KINDS)[number]

/** One field of an entry and what is wrong with it. */
export interface FieldProblem {
  readonly field: string
  readonly message: BilingualText
}

const SHAPES: Readonly<Record<EntryKind, Readonly<Record<string, z.ZodType>>>> = {
  clients: client.shape,
  legal_entities: legalEntity.shape,
  sites: site.shape,
  terminals: terminal.shape,
  contracts: contract.shape,
  responsibles: responsible.shape,
}

const CODE = {
  ru: 'буквы, цифры, точка, дефис, подчёркивание, не больше 64 знаков',
  en: 'letters, digits, dot, hyphen, underscore, at most 64',
}
const text = (length: number) => ({
  ru: `текст не длиннее ${length} знаков`,
  en: `a text of at most ${length} characters`,
})
const digits = (ru: string, en: string) => ({ ru: `${ru}, в YAML в кавычках`, en: `${en}, in quotes in YAML` })

const EXPECTED: Readonly<Record<string, BilingualText>> = {
  code: CODE,
  client: CODE,
  site: CODE,
  name: text(200),
  inn: digits('10 или 12 цифр', '10 or 12 digits'),
  kpp: digits('9 цифр', '9 digits'),
  address: text(400),
  timezone: { ru: 'часовой пояс IANA, например Europe/Moscow', en: 'an IANA time zone such as Europe/Moscow' },
  hours: text(400),
  class: { ru: 'A, B или C латиницей', en: 'A, B or C' },
  contact: text(400),
  access: text(1000),
  region: text(100),
  city: text(100),
  provider: text(100),
  agent: text(63),
  number: CODE,
  contract: CODE,
  policy: { ru: 'имя политики сроков, например outsourcing-24x7', en: 'the id of a policy such as outsourcing-24x7' },
  services: {
    ru: 'список услуг, у каждой name, reaction, solution (15m, 8h, 5d), responsible и, если нужно, causes',
    en: 'a list of services, each with name, reaction, solution (15m, 8h, 5d), responsible and, if needed, causes',
  },
  launch_until: { ru: 'дата вида 2026-12-31', en: 'a date as 2026-12-31' },
  ofd_contract_until: { ru: 'дата вида 2026-12-31', en: 'a date as 2026-12-31' },
  profile: {
    ru: 'поля ofd_host, ffd, firmware, driver, значения в кавычках',
    en: 'the fields ofd_host, ffd, firmware, driver, their values in quotes',
  },
  from: { ru: 'дата вида 2026-01-31', en: 'a date as 2026-01-31' },
  until: { ru: 'дата вида 2026-12-31', en: 'a date as 2026-12-31' },
  role: { ru: `одно из: ${RESPONSIBLE_ROLES.join(', ')}`, en: `one of: ${RESPONSIBLE_ROLES.join(', ')}` },
  email: { ru: 'адрес электронной почты', en: 'an e-mail address' },
  language: { ru: 'ru или en', en: 'ru or en' },
}
const HOURS = '10:00-23:00, пн-пт 09:00-18:00; сб,вс 10:00-16:00, Mo-Fr 09:00-18:00, 24/7'

/** What is wrong with the fields of one entry, each by itself: unknown, missing, of another shape, or not to be true. */
export function fieldProblems(kind: EntryKind, entry: Readonly<Record<string, unknown>>): FieldProblem[] {
  const shape = SHAPES[kind]
  const names = Object.keys(shape)
  const strange = Object.keys(entry)
    .filter(field => !names.includes(field))
    .map(field => ({
      field,
      message: said('такого поля нет; есть', 'there is no such field; known are', names.join(', ')),
    }))
  const wrong = Object.entries(shape).flatMap(([field, schema]) => {
    const message = problemOf(field, schema, entry[field] ?? undefined)
    return message === null ? [] : [{ field, message }]
  })
  return [...strange, ...wrong]
}

const said = (ru: string, en: string, rest: string): BilingualText => ({ ru: `${ru} ${rest}`, en: `${en} ${rest}` })

function problemOf(field: string, schema: z.ZodType, value: unknown): BilingualText | null {
  const expected = EXPECTED[field] ?? text(400)
  if (!schema.safeParse(value).success) {
    if (value === undefined)
      return { ru: `не указано; нужно: ${expected.ru}`, en: `is missing; expected: ${expected.en}` }
    const given = typeof value === 'string' ? value : JSON.stringify(value)
    return { ru: `указано «${given}», а нужно: ${expected.ru}`, en: `is "${given}"; expected: ${expected.en}` }
  }
  if (typeof value !== 'string') return null
  if (field === 'inn' && !isSoundInn(value))
    return {
      ru: `ИНН ${value} с опечаткой: контрольные цифры не сходятся`,
      en: `INN ${value} is mistyped: its check digits do not fit`,
    }
  if (field === 'hours' && !parseHours(value).ok)
    return {
      ru: `часы «${value}» непонятны; пишут так: ${HOURS}`,
      en: `hours "${value}" are not understood; write ${HOURS}`,
    }
  return null
}
