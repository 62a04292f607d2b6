import type { PiritDevice } from './status.ts'

/** Which firmware has an item. */
type Has = 'all' | 'ffd12' | 'wifi'

interface Item {
  readonly has: Has
  /** Values by index; scalars have one. */
  readonly values: (device: PiritDevice) => readonly (string | number)[]
}

const item = (values: Item['values'], has: Has = 'all'): Item => ({ has, values })

/** The settings table as far as it may be read (command 11). Item 20, the link password, is not among them. */
export const SETTINGS: Readonly<Record<number, Item>> = {
  10: item(() => [1]),
  30: item(({ state: { register } }) => [register.organisation, register.address, '', '']),
  70: item(() => ['']),
  71: item(({ state: { register } }) => [register.ofd_inn]),
  73: item(() => ['192.0.2.20']),
  74: item(() => ['255.255.255.0']),
  75: item(() => ['192.0.2.1']),
  76: item(() => ['192.0.2.1']),
  77: item(({ state: { register } }) => [register.ofd_host]),
  78: item(({ state: { register } }) => [register.ofd_port]),
  79: item(() => [30]),
  80: item(() => [60]),
  81: item(({ state: { register } }) => [register.ofd_name]),
  83: item(() => ['nalog.gov.ru']),
  85: item(({ state: { register } }) => [register.address]),
  90: item(() => [0], 'wifi'),
  91: item(() => ['keys.example'], 'ffd12'),
  92: item(() => [7777], 'ffd12'),
  93: item(() => [''], 'ffd12'),
  94: item(() => [60], 'ffd12'),
  201: item(() => ['']),
  202: item(() => [0]),
  203: item(() => ['']),
  204: item(() => [0]),
}

const UNKNOWN_FUNCTION = 0x02
const BAD_PARAMETER = 0x03

/** 11: one value of the settings table, or an error code. */
export function readSetting(device: PiritDevice, number: number, index: number): string[] | number {
  const wanted = SETTINGS[number]
  if (!wanted || !hasItem(device, wanted.has)) return UNKNOWN_FUNCTION
  const value = wanted.values(device)[index]
  return value === undefined ? BAD_PARAMETER : [String(value)]
}

function hasItem({ state: { quirks } }: PiritDevice, has: Has): boolean {
  if (has === 'wifi') return quirks.profile !== 'pirit_2f'
  return has === 'all' || quirks.profile !== 'fm16_ffd105'
}
