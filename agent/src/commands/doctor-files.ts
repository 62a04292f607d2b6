import { accessSync, constants, existsSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type IdentityFile, OUTBOX_BYTES_MAX } from '@tillwatch/shared'
import { type AgentConfig, loadConfig } from '../config.ts'
import { loadIdentity } from '../identity.ts'
import { makeFolder } from '../make-folder.ts'
import { words, wordsOf } from '../words.ts'
import { type Check, failed } from './doctor-check.ts'

/** What the files of the configuration say, as far as they can be read. */
export interface FilesChecked {
  readonly checks: readonly Check[]
  readonly config: AgentConfig | null
  readonly identity: IdentityFile | null
  /** True when another process holds the outbox. */
  readonly isRunning: boolean
}

/** SQLite's code of a file that another process holds. */
const BUSY = 5

/** Looks at the config file and at everything it names on this disk. Changes nothing but making a missing data directory. */
export function checkFiles(configFile: string): FilesChecked {
  let config: AgentConfig
  try {
    config = loadConfig(configFile)
  } catch (thrown) {
    return { checks: [failed('config', thrown)], config: null, identity: null, isRunning: false }
  }
  const checks: Check[] = [
    { id: 'config', status: 'ok', text: words(`Настройки ${configFile} верны`, `${configFile} is correct`) },
  ]
  const identity = checkIdentity(config.identity, checks)
  const isRunning = checkDataDir(config.data_dir, checks)
  return { checks, config, identity, isRunning }
}

function checkIdentity(file: string, checks: Check[]): IdentityFile | null {
  try {
    const { identity, warning } = loadIdentity(file)
    checks.push({
      id: 'identity',
      status: 'ok',
      text: words(
        `Агент ${identity.agent}, коллектор ${identity.url}`,
        `Agent ${identity.agent}, collector ${identity.url}`,
      ),
    })
    if (warning) {
      checks.push({ id: 'identity.rights', status: 'warn', text: warning })
    }
    return identity
  } catch (thrown) {
    checks.push(failed('identity', thrown))
    return null
  }
}

function checkDataDir(dir: string, checks: Check[]): boolean {
  try {
    makeFolder(dir)
    accessSync(dir, constants.W_OK)
  } catch (thrown) {
    const reason = wordsOf(thrown)
    checks.push({
      id: 'data_dir',
      status: 'fail',
      text: words(`В каталог ${dir} нельзя писать: ${reason.ru}`, `${dir} cannot be written: ${reason.en}`),
      nextStep: words(
        'Дайте пользователю агента право записи в этот каталог',
        'Give the user of the agent the right to write there',
      ),
    })
    return false
  }
  const { bavail, bsize } = statfsSync(dir)
  const freeMb = Math.floor((bavail * bsize) / 1_048_576)
  const isTight = bavail * bsize < 2 * OUTBOX_BYTES_MAX
  checks.push({
    id: 'data_dir',
    status: isTight ? 'warn' : 'ok',
    text: words(`Каталог ${dir}: запись есть, свободно ${freeMb} МБ`, `${dir} can be written, ${freeMb} MB free`),
    ...(isTight && {
      nextStep: words(
        'Освободите место: буфер агента занимает до 128 МБ',
        'Free some space: the outbox takes up to 128 MB',
      ),
    }),
  })
  return checkOutbox(join(dir, 'outbox.sqlite'), checks)
}

function checkOutbox(file: string, checks: Check[]): boolean {
  if (!existsSync(file)) return false
  try {
    const db = new DatabaseSync(file, { readOnly: true })
    try {
      const held = Number(db.prepare('SELECT count(*) AS n FROM message').get()?.n ?? 0)
      checks.push({
        id: 'outbox',
        status: 'note',
        text: words(
          `Агент не запущен; в буфере сообщений: ${held}`,
          `The agent does not run; messages in its outbox: ${held}`,
        ),
      })
    } finally {
      db.close()
    }
    return false
  } catch (thrown) {
    const code = thrown instanceof Error && 'errcode' in thrown ? Number(thrown.errcode) & 255 : 0
    if (code === BUSY) {
      checks.push({ id: 'outbox', status: 'ok', text: words('Агент запущен', 'The agent runs') })
      return true
    }
    checks.push({
      id: 'outbox',
      status: 'note',
      text: words(
        `Буфер не читается (${wordsOf(thrown).ru}); агент при запуске сам отложит его и посчитает потери`,
        `The outbox cannot be read (${wordsOf(thrown).en}); the agent sets it aside by itself and counts the loss`,
      ),
    })
    return false
  }
}
