import { type EpochMs, LOG_NOTES } from '@tillwatch/shared'
import { type FileEnd, readEnd } from '../logs/file-end.ts'
import type { LogSource } from '../logs/log-source.ts'
import { newestFile } from '../logs/newest-file.ts'
import { noteOf, timesOf } from '../logs/other-logs.ts'
import { type Words, words, wordsOf } from '../words.ts'
import type { Check } from './doctor-check.ts'

/** The newest line and the change of its file are one moment; whole hours apart, the zone is another. */
const ZONE_SLIP_MS = 30 * 60_000

/** Can the ends of these logs be read, and understood, by the user that looks? Reads as much as an incident would ask for. */
export async function checkLogs(sources: readonly LogSource[], now: EpochMs): Promise<readonly Check[]> {
  const checks: Check[] = []
  for (const source of sources) checks.push(await checkLog(source, now))
  return checks
}

async function checkLog(source: LogSource, now: EpochMs): Promise<Check> {
  const id = `log:${source.name}`
  const about = words(`Журнал «${source.name}», ${source.path}`, `Log "${source.name}", ${source.path}`)
  const remark = (text: Words, nextStep: Words): Check => ({ id, status: 'warn', text: joined(about, text), nextStep })
  try {
    const path = await newestFile(source.path)
    if (path === null) return remark(LOG_NOTES.missing, PATH_STEP)
    const end = await readEnd(path, source.encoding, now)
    const doubt = encodingDoubt(end, source.encoding) ?? timeDoubt(end, source.time_zone)
    if (doubt) return remark(...doubt)
    const kb = Math.ceil(end.bytes / 1_024)
    const text = words(`читается, ${path}, ${kb} КБ`, `can be read, ${path}, ${kb} kB`)
    return { id, status: 'ok', text: joined(about, text) }
  } catch (thrown) {
    const note = noteOf(thrown)
    const reason = note === 'unreadable' ? wordsOf(thrown) : LOG_NOTES[note]
    return remark(reason, note === 'denied' ? RIGHTS_STEP : PATH_STEP)
  }
}

const joined = (about: Words, text: Words): Words => words(`${about.ru}: ${text.ru}`, `${about.en}: ${text.en}`)

const PATH_STEP = words(
  'Проверьте путь; ссылки и каталоги не читаются',
  'Check the path; links and folders are not read',
)
const RIGHTS_STEP = words(
  'Дайте пользователю агента право чтения на этот файл и на его каталог; право записи ему не нужно',
  'Give the user of the agent the right to read the file and its folder; it needs no right to write',
)

type Doubt = readonly [text: Words, nextStep: Words]

/** What no text of that encoding would hold. */
function encodingDoubt({ lines, context }: FileEnd, encoding: LogSource['encoding']): Doubt | null {
  const text = [...context.slice(1), ...lines].join('\n')
  const zeros = text.split('\0').length - 1
  const isOther = encoding === 'windows-1251' ? MISREAD_UTF8.test(text) : text.includes('\ufffd')
  if (!isOther && zeros * 4 <= text.length) return null
  const likely = zeros * 4 > text.length ? 'utf-16le' : encoding === 'utf-8' ? 'windows-1251' : 'utf-8'
  return [
    words(`похоже, кодировка не ${encoding}`, `it does not look like ${encoding}`),
    words(`Попробуйте encoding: ${likely}`, `Try encoding: ${likely}`),
  ]
}

/** Russian letters of UTF-8 as Windows-1251 shows them, several in a row. */
const MISREAD_UTF8 = /(?:[РС][\u0080-\u00bf\u0400-\u040f\u0450-\u045f\u2010-\u203a\u20ac\u2116\u2122]){3}/

function timeDoubt({ lines, context, writtenAt }: FileEnd, zone: string | undefined): Doubt | null {
  if (lines.length === 0) return null
  const newest = timesOf([...context, ...lines], zone).at(-1)
  if (newest === null || newest === undefined)
    return [
      words('ни одна строка не называет времени', 'no line tells a time'),
      words(
        'Строки станут у времени изменения файла; поддержаны ISO, ГГГГ-ММ-ДД чч:мм:сс и ДД.ММ.ГГГГ чч:мм:сс',
        'Its lines will stand at the time when the file was changed; ISO, YYYY-MM-DD hh:mm:ss and DD.MM.YYYY hh:mm:ss are known',
      ),
    ]
  if (Math.abs(newest - writtenAt) < ZONE_SLIP_MS) return null
  const [told, changed] = [newest, writtenAt].map(at => new Date(at).toISOString())
  return [
    words(
      `последняя строка от ${told}, а файл изменён ${changed}`,
      `its last line is of ${told}, the file of ${changed}`,
    ),
    words('Проверьте time_zone этого журнала', 'Check the time_zone of this log'),
  ]
}
