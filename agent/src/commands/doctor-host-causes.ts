import type { EpochMs, WireItem } from '@tillwatch/shared'
import { words } from '../words.ts'
import { type Cause, daysUntil, type Told, toldBy, warn, wordOf } from './doctor-cause.ts'

const DISK_SHARE_MIN = 0.1
const DISK_BYTES_MIN = 5 * 1024 ** 3
const SKEW_MINUTES = 2
const MINUTE_MS = 60_000
const CERTIFICATE_DAYS = 30

/** What an item of the PC or of a service beside the registers says is wrong. */
export function hostCauses(item: WireItem, now: EpochMs): Cause[] {
  const told = toldBy(item)
  return [...diskCauses(told), ...ofdCauses(told), ...pcCauses(told), ...serviceCauses(told, now)]
}

function diskCauses(told: Told): Cause[] {
  const [free, total] = [told('host.disk.free_bytes'), told('host.disk.total_bytes')]
  if (typeof free !== 'number' || typeof total !== 'number') return []
  if (free >= DISK_BYTES_MIN && free >= total * DISK_SHARE_MIN) return []
  const gigabytes = (free / 1024 ** 3).toFixed(1)
  return [warn(words(`На системном диске свободно ${gigabytes} ГБ`, `The system disk has ${gigabytes} GB left`))]
}

function ofdCauses(told: Told): Cause[] {
  const reach = told('ofd.server.reach')
  if (typeof reach !== 'string' || reach === 'ok') return []
  const why = wordOf('ofd.server.reach', reach)
  const [host, port] = [told('ofd.server.host'), told('ofd.server.port')]
  return [
    warn(
      words(
        `Сервер ОФД ${host} с этого ПК недоступен, порт ${port}: ${why.ru}`,
        `The OFD server ${host} is not reached from this PC, port ${port}: ${why.en}`,
      ),
      words('Проверьте интернет и сетевой экран', 'Check the network and the firewall'),
    ),
  ]
}

function pcCauses(told: Told): Cause[] {
  const causes: Cause[] = []
  const offsetMs = told('host.clock.ntp_offset_ms')
  if (typeof offsetMs === 'number' && Math.abs(offsetMs) >= SKEW_MINUTES * MINUTE_MS) {
    const minutes = Math.round(offsetMs / MINUTE_MS)
    causes.push(
      warn(
        words(
          `Часы ПК расходятся с сервером времени на ${minutes} мин.`,
          `The clock of the PC is off by ${minutes} minutes`,
        ),
      ),
    )
  }
  if (told('host.clock.synchronised') === false) {
    causes.push(warn(words('Часы ПК не синхронизируются', 'The clock of the PC is not synchronised')))
  }
  return causes
}

function serviceCauses(told: Told, now: EpochMs): Cause[] {
  const causes: Cause[] = []
  if (told('host.service.state') === 'stopped' && told('host.service.start') === 'automatic') {
    const name = told('host.service.name')
    causes.push(warn(words(`Служба ${name} остановлена`, `The service ${name} is stopped`)))
  }
  for (const [name, text] of LINKS) {
    const link = told(name)
    if (typeof link === 'string' && link !== 'ok') {
      const word = wordOf(name, link)
      causes.push(warn(words(`${text}: ${word.ru}`, `${text}: ${word.en}`)))
    }
  }
  const rsa = told('egais.utm.rsa_error')
  if (typeof rsa === 'string' && rsa !== '') {
    causes.push(warn(words(`УТМ: ошибка ключа RSA: ${rsa}`, `UTM: error of the RSA key: ${rsa}`)))
  }
  for (const [name, text] of CERTIFICATES) {
    const until = told(name)
    if (typeof until !== 'string') continue
    if (daysUntil(until, now) <= CERTIFICATE_DAYS) {
      causes.push(warn(words(`${text.ru} заканчивается: ${until}`, `${text.en} ends: ${until}`)))
    }
  }
  return causes
}

const LINKS = [
  ['egais.utm.link', 'УТМ ЕГАИС'],
  ['chz.lm.link', 'ЛМ ЧЗ'],
  ['chz.piot.link', 'ТС ПИоТ'],
] as const

const CERTIFICATES = [
  ['egais.utm.rsa_valid_until', words('Сертификат RSA в УТМ', 'The RSA certificate of the UTM')],
  ['egais.utm.gost_valid_until', words('Сертификат ГОСТ в УТМ', 'The GOST certificate of the UTM')],
  ['egais.utm.gost_key_valid_until', words('Ключ ГОСТ в УТМ', 'The GOST key of the UTM')],
  ['chz.piot.licence_until', words('Лицензия ЕСМ', 'The ESM licence')],
] as const
