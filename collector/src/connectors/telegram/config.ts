import { z } from 'zod'
import { deskBase, deskUrl, RATE_MIN, secretReference } from '../settings.ts'

/** Somebody who may act by buttons and answers; what he does is written down under his name. */
const person = z.strictObject({
  /** His number in Telegram; whoever presses a button without being listed is told his own. */
  telegram: z.int().positive(),
  name: z.string().trim().min(1).max(64),
})

const levels = z.array(z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]))

/** Settings of a chat that a bot of Telegram writes to, and where people act by buttons. */
export const telegramConfig = z.strictObject({
  kind: z.literal('telegram'),
  ...deskBase,
  /** Of the Bot API; another one for a server of your own or a way through your network. */
  url: deskUrl.default('https://api.telegram.org').transform(url => url.replace(/\/+$/, '')),
  /** The token of the bot. */
  secret: secretReference,
  /** Number of the chat, negative for groups, or @name of a public channel. */
  chat_id: z.union([z.int(), z.string().regex(/^@\w{4,32}$/, 'a number, or @name')]),
  /** Who may act here. Without anybody there are no buttons, and the bot is not read: another program may. */
  people: z
    .array(person)
    .max(200)
    .refine(all => new Set(all.map(({ telegram }) => telegram)).size === all.length, 'somebody is listed twice')
    .default([]),
  /** Pause between two looks for what people did; a look itself waits for news. */
  poll_s: z.number().int().min(1).max(60).default(1),
  /** A topic of a group with topics. */
  thread_id: z.int().positive().optional(),
  /** A group takes twenty messages a minute. */
  rate_per_s: z.number().min(RATE_MIN).max(1).default(0.33),
  /** Priorities whose message is sent again when it is not known whether it arrived: rather twice than never. Others: rather never. */
  repeat: levels.default([1, 2]),
  /** Priorities that arrive without a sound. */
  silent: levels.default([4]),
  /** Largest file in bytes; 0 sends none. A bot may send 50 MB. */
  file_max: z
    .number()
    .int()
    .min(0)
    .max(50_000_000)
    .default(10 * 1024 * 1024),
  /** Allows an address inside a private network. */
  allow_private: z.boolean().default(false),
})
export type TelegramConfig = z.infer<typeof telegramConfig>
