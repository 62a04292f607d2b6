import type { BilingualText } from '@tillwatch/shared/api'
import { z } from 'zod'
import { creatioConfig } from './creatio/config.ts'
import { emailConfig } from './email/config.ts'
import { itiliumConfig } from './itilium/config.ts'
import { mantisConfig } from './mantis/config.ts'
import { okdeskConfig } from './okdesk/config.ts'
import { redmineConfig } from './redmine/config.ts'
import { requestTrackerConfig } from './request-tracker/config.ts'
import { telegramConfig } from './telegram/config.ts'
import { webhookConfig } from './webhook/config.ts'

/** Settings of one desk, by its kind. */
const deskConfig = z.discriminatedUnion('kind', [
  creatioConfig,
  emailConfig,
  itiliumConfig,
  mantisConfig,
  okdeskConfig,
  redmineConfig,
  requestTrackerConfig,
  telegramConfig,
  webhookConfig,
])
export type DeskConfig = z.infer<typeof deskConfig>

/** The installation in which a number means one ticket. The scheme does not count: a desk that gets a certificate stays the same. */
export function placeOf(desk: DeskConfig): string {
  switch (desk.kind) {
    case 'email':
      // Ids of messages are like no others anywhere.
      return desk.kind
    case 'telegram':
      return `${desk.kind} ${desk.chat_id}`
    case 'webhook':
      return `${desk.kind} ${new URL(desk.url).host}`
    default: {
      const { host, pathname } = new URL(desk.url)
      return `${desk.kind} ${host}${pathname.replace(/\/+$/, '')}`
    }
  }
}

/** The section `desks` of the configuration; relative paths of secrets are the caller's. */
export const deskConfigs = z
  .array(deskConfig)
  .max(16)
  .superRefine(checkNames)
  .superRefine(checkFallbacks)
  .superRefine(checkInbound)
  .superRefine(checkBots)
  .superRefine(checkCallers)

/** By its name a desk is known to routes, to incidents and to people. */
function checkNames(desks: readonly DeskConfig[], context: z.core.$RefinementCtx): void {
  desks.forEach(({ name }, index) => {
    const first = desks.findIndex(other => other.name === name)
    if (first === index) return
    refuse(context, [index, 'name'], name, {
      ru: `имя «${name}» уже занято службой ${first + 1} этого списка`,
      en: `the name “${name}” is taken by desk ${first + 1} of this list`,
    })
  })
}

/** Adds what is wrong, in both languages. */
function refuse(context: z.core.$RefinementCtx, path: PropertyKey[], input: unknown, { ru, en }: BilingualText): void {
  context.addIssue({ code: 'custom', path, message: en, input, params: { ru } })
}

/** A way round must be another way, and tells nobody of incidents that are not theirs. */
function checkFallbacks(desks: readonly DeskConfig[], context: z.core.$RefinementCtx): void {
  desks.forEach(({ fallback, kind, tenants }, index) => {
    if (!fallback) return
    const other = desks.find(({ name }) => name === fallback.desk)
    const say = (ru: string, en: string) => refuse(context, [index, 'fallback', 'desk'], fallback.desk, { ru, en })
    const { desk } = fallback
    if (!other) say(`службы «${desk}» нет`, `there is no desk “${desk}”`)
    else if (other.kind === kind)
      say(
        `«${desk}» того же вида: что остановит одну, остановит и другую`,
        `“${desk}” is of the same kind: what stops one would stop the other`,
      )
    else if (!tenants.every(tenant => other.tenants.includes(tenant)))
      say(`«${desk}» слышит не все организации этой службы`, `“${desk}” does not hear all tenants of this desk`)
  })
}

/** Kinds of desks that never call. */
const SILENT: ReadonlySet<DeskConfig['kind']> = new Set(['email', 'telegram'])

function checkInbound(desks: readonly DeskConfig[], context: z.core.$RefinementCtx): void {
  desks.forEach(({ inbound, kind }, index) => {
    if (!inbound || !SILENT.has(kind)) return
    refuse(context, [index, 'inbound'], inbound, {
      ru: `служба вида ${kind} не делает вызовов`,
      en: `a desk of kind ${kind} does not call`,
    })
  })
}

/** Who can call for one desk must not be believed for another, which may hear other tenants. */
function checkCallers(desks: readonly DeskConfig[], context: z.core.$RefinementCtx): void {
  const callers = new Map<string, string>()
  desks.forEach(({ inbound, name }, index) => {
    if (!inbound) return
    const secret = JSON.stringify(inbound.secret)
    const other = callers.get(secret)
    callers.set(secret, name)
    if (other === undefined) return
    refuse(context, [index, 'inbound', 'secret'], inbound.secret, {
      ru: `этот секрет уже у вызовов службы «${other}»: у каждой службы он свой`,
      en: `the calls of “${other}” have this secret: each desk needs one of its own`,
    })
  })
}

/** Of two desks that read one bot only one would get a press. */
function checkBots(desks: readonly DeskConfig[], context: z.core.$RefinementCtx): void {
  const readers = new Map<string, string>()
  desks.forEach((desk, index) => {
    if (desk.kind !== 'telegram' || desk.people.length === 0) return
    const bot = JSON.stringify(desk.secret)
    const other = readers.get(bot)
    readers.set(bot, desk.name)
    if (other === undefined) return
    refuse(context, [index, 'secret'], desk.secret, {
      ru: `бот службы «${other}» рассказывает о нажатиях только ей: заведите для этого чата другого бота`,
      en: `the bot of “${other}” tells one desk alone what people do: make another bot for this chat`,
    })
  })
}
