import { zoneName } from './format.ts'

/** Zones of Russia from west to east; the rest of the world follows by name. */
const RUSSIAN_ZONES = [
  'Europe/Kaliningrad',
  'Europe/Moscow',
  'Europe/Samara',
  'Asia/Yekaterinburg',
  'Asia/Omsk',
  'Asia/Novosibirsk',
  'Asia/Krasnoyarsk',
  'Asia/Irkutsk',
  'Asia/Yakutsk',
  'Asia/Vladivostok',
  'Asia/Magadan',
  'Asia/Kamchatka',
] as const

/** Choices for a zone picker: name and distance from UTC. `current` is always among them. */
export function zoneChoices(atMs: number, current: string): { value: string; label: string }[] {
  const rest = Intl.supportedValuesOf('timeZone').filter(zone => !RUSSIAN_ZONES.some(known => known === zone))
  const all = [...new Set([...RUSSIAN_ZONES, ...rest, current])].filter(Boolean)
  return all.map(value => ({ value, label: `${value} · ${zoneName(value, atMs)}` }))
}
