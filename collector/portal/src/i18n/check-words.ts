import { type AgentCommand, targetKey } from '@tillwatch/shared/api'
import type { Language } from '../format.ts'

const word = (ru: string, en: string) => ({ ru, en })
type Words = Readonly<Record<string, { readonly ru: string; readonly en: string }>>

/** Probes of the PC by what they look at. */
const PROBES: Words = {
  system: word('диск, память и процессор', 'disk, memory, processor'),
  clock: word('часы ПК', 'PC clock'),
  antivirus: word('антивирус', 'antivirus'),
  remote_access: word('удалённый доступ', 'remote access'),
  services: word('службы ОС', 'system services'),
  pos_app: word('кассовая программа', 'POS program'),
  egais_utm: word('УТМ ЕГАИС', 'EGAIS UTM'),
  chz_lm: word('ЛМ ЧЗ', 'Chestny ZNAK local module'),
  ts_piot: word('ТС ПИоТ', 'TS PIoT'),
  ofd_reach: word('сервер ОФД', 'OFD server'),
}

const KINDS: Words = {
  slot: word('касса', 'register'),
  driver: word('драйвер', 'driver'),
  probe: word('проверка', 'probe'),
  question: word('запрос', 'question'),
}

/** What people call a check by its name on the wire: `slot:front` is the register in the place `front`. */
export function checkWord(key: string, language: Language): string {
  const at = key.indexOf(':')
  const kind = key.slice(0, Math.max(at, 0))
  const name = key.slice(at + 1)
  if (kind === 'probe' && PROBES[name]) return PROBES[name][language]
  const known = KINDS[kind]
  return known ? `${known[language]} ${name.replace(':', ' ')}` : key
}

const DOINGS: Words = {
  poll_now: word('опросить', 'poll'),
  disable: word('выключить', 'switch off'),
  enable: word('включить', 'switch on'),
  collect_log: word('собрать журнал', 'collect the log'),
}
const EVERY_REGISTER = word('все кассы', 'all registers')

/** What a command asks for: "выключить: касса front". */
export function commandWords(command: AgentCommand, language: Language): string {
  const doing = DOINGS[command.do]?.[language] ?? command.do
  if (command.do === 'collect_log') return doing
  if (command.do !== 'poll_now') return `${doing}: ${checkWord(targetKey(command.target), language)}`
  return `${doing}: ${command.slot === undefined ? EVERY_REGISTER[language] : checkWord(`slot:${command.slot}`, language)}`
}

const UNTIL = word('до', 'until')

/** A command as the change log keeps it: what, of what check, until when (UTC), by whom. */
export function commandChangeWords(change: readonly string[], language: Language): string {
  const [doing = '', check = '', until = '', by = ''] = change
  const what = DOINGS[doing]?.[language] ?? doing
  const end = until === '' ? '' : `${UNTIL[language]} ${until.slice(0, 16).replace('T', ' ')} UTC`
  return [what, check && checkWord(check, language), end, by].filter(Boolean).join(', ')
}
