import type { TFunction } from 'i18next'

const KINDS = ['clients', 'legal_entities', 'sites', 'terminals'] as const
const FIELDS = {
  name: 'name',
  address: 'address',
  timezone: 'zone',
  hours: 'hours',
  class: 'class',
  contact: 'contact',
  access: 'access',
  region: 'region',
  city: 'city',
  provider: 'provider',
  agent: 'agent',
  inn: 'inn',
  kpp: 'kpp',
  client: 'client',
  site: 'site',
} as const

/** What people call a kind of entry; the kind itself when it is new to the portal. */
export function kindText(t: TFunction, kind: string): string {
  const known = KINDS.find(each => each === kind)
  return known ? t(`directory.kinds.${known}`) : kind
}

/** What the form calls a field; its own name when it is new to the portal. */
export const fieldText = (t: TFunction, field: string): string =>
  Object.hasOwn(FIELDS, field) ? t(`directory.${FIELDS[field as keyof typeof FIELDS]}`) : field

/** "sites cafe-7" of a report as "объект cafe-7". */
export function placeText(t: TFunction, where: string): string {
  const [kind = '', code = ''] = where.split(' ')
  return code ? `${kindText(t, kind)} ${code}` : where
}
