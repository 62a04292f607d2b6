import { posix, win32 } from 'node:path'
import { LOG_NAME_LENGTH_MAX } from '@tillwatch/shared'
import { z } from 'zod'
import { isZoneKnown } from './wall-time.ts'

/** A text that breaks none of the rules; else told by the first that it breaks. */
const textWith = (
  max: number,
  ...rules: readonly (readonly [isFit: (text: string) => boolean, ru: string, en: string])[]
) =>
  z
    .string()
    .min(1)
    .max(max)
    .superRefine((text, context) => {
      const broken = rules.find(([isFit]) => !isFit(text))
      if (broken) context.addIssue({ code: 'custom', message: broken[2], params: { ru: broken[1] } })
    })

const partsOf = (path: string): readonly string[] => path.split(/[\\/]/)

const path = textWith(
  256,
  // Either kind, so that a file may be checked on another machine; a share may hang and is not this PC.
  [
    text => (win32.isAbsolute(text) || posix.isAbsolute(text)) && !/^[\\/]{2}/.test(text) && !/\p{Cc}/u.test(text),
    'нужен полный путь на этом ПК, например C:/POS/logs/pos*.log',
    'expected a full path on this PC, such as C:/POS/logs/pos*.log',
  ],
  [text => !partsOf(text).includes('..'), 'в пути не должно быть ..', 'the path must not have ..'],
  [
    text =>
      !partsOf(text)
        .slice(0, -1)
        .some(part => part.includes('*')),
    'звёздочка может стоять только в имени файла',
    'a star may stand in the name of the file alone',
  ],
  [text => partsOf(text).at(-1) !== '', 'путь должен вести к файлу', 'the path must lead to a file'],
)

const logSource = z.strictObject({
  /** What people call it: stands at each of its lines. */
  name: textWith(LOG_NAME_LENGTH_MAX, [
    text => text.trim() === text && !/\p{Cc}/u.test(text),
    'имя не начинается и не кончается пробелом и стоит на одной строке',
    'a name neither begins nor ends with a space and stands on one line',
  ]),
  /** Full path. `*` in the name of the file: the newest one that fits. */
  path,
  encoding: z.enum(['utf-8', 'windows-1251', 'utf-16le']).default('utf-8'),
  /** Zone of times that name none; left out: the one of this PC. */
  time_zone: textWith(64, [
    isZoneKnown,
    'нужен часовой пояс вида Europe/Moscow',
    'expected a time zone such as Europe/Moscow',
  ]).optional(),
})
export type LogSource = z.infer<typeof logSource>

/** Logs of other programs whose ends go with the agent's own when that is asked for. */
export const logSources = z
  .array(logSource)
  .max(8)
  .superRefine((sources, context) => {
    sources.forEach(({ name }, index) => {
      if (sources.findIndex(other => other.name === name) === index) return
      const ru = `имя «${name}» уже занято другим журналом`
      context.addIssue({
        code: 'custom',
        path: [index, 'name'],
        message: `another log is named "${name}" already`,
        params: { ru },
      })
    })
  })
