import { z } from 'zod'

const chat = z.object({ id: z.int(), username: z.string().optional() })
const sender = z.object({ id: z.int() })
const button = z.object({ text: z.string(), url: z.string().optional(), callback_data: z.string().optional() })

/** A press of a button; old messages come without what they show. */
const pressUpdate = z.object({
  callback_query: z.object({
    id: z.string().min(1).max(100),
    from: sender,
    data: z.string().max(64).default(''),
    message: z.object({
      message_id: z.int().positive(),
      chat,
      reply_markup: z.object({ inline_keyboard: z.array(z.array(button)) }).default({ inline_keyboard: [] }),
    }),
  }),
})
export type PressUpdate = z.infer<typeof pressUpdate>['callback_query']

/** An answer to a message. */
const replyUpdate = z.object({
  message: z.object({
    message_id: z.int().positive(),
    chat,
    from: sender,
    /** Written in the name of a chat: who it was is not told. */
    sender_chat: z.unknown().optional(),
    text: z.string().optional(),
    caption: z.string().optional(),
    reply_to_message: z.object({
      message_id: z.int().positive(),
      from: sender,
      entities: z.array(z.object({ type: z.string(), offset: z.int(), url: z.string().optional() })).default([]),
    }),
  }),
})
export type ReplyUpdate = z.infer<typeof replyUpdate>['message']

/** What somebody did. */
export type Update = { readonly press: PressUpdate } | { readonly reply: ReplyUpdate }

const updates = z.array(z.unknown())
const numbered = z.object({ update_id: z.int() })

/** What a look brought: what is understood, oldest first, and the number of the last; null when there was nothing. */
export interface UpdateList {
  readonly updates: readonly Update[]
  readonly lastId: number | null
}

/** The answer to `getUpdates`; null when it is none. What is not understood is passed over: it would come again for ever. */
export function updatesOf(result: unknown): UpdateList | null {
  const list = updates.safeParse(result)
  if (!list.success) return null
  const known = list.data
    .flatMap(raw => {
      const { success, data } = numbered.safeParse(raw)
      return success ? [{ id: data.update_id, raw }] : []
    })
    .sort((a, b) => a.id - b.id)
  return { updates: known.flatMap(({ raw }) => updateOf(raw) ?? []), lastId: known.at(-1)?.id ?? null }
}

function updateOf(raw: unknown): Update | null {
  const press = pressUpdate.safeParse(raw)
  if (press.success) return { press: press.data.callback_query }
  const reply = replyUpdate.safeParse(raw)
  return reply.success ? { reply: reply.data.message } : null
}
