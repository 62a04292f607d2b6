import type { Bilingual } from '@tillwatch/rules'

/** What the library and the budget say, in Russian; the first that fits. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^undefined filter: (.+)$/, 'нет фильтра $1'],
  [/^undefined variable: (.+)$/, 'здесь нет значения $1'],
  [/^tag (\{%.+) not closed$/s, 'не закрыт тег $1'],
  [/^tag "?(\w+)"? not found$/, 'нет тега $1'],
  [/^output (.+) not closed$/s, 'не закрыт вывод $1'],
  [/^too many steps$/, 'слишком много шагов: уменьшите вложенные циклы'],
  [/^too much is made on the way$/, 'на пути к тексту получается слишком много: уменьшите циклы и списки'],
  [/^the text is too long$/, 'текст получается слишком длинным'],
  [/^the text comes out empty$/, 'текст получается пустым'],
  [/^parse length limit exceeded$/, 'шаблон слишком длинный'],
]

/** Why a template cannot be read or filled in; what nobody has translated stays as the library says it. */
export function reasonText(reason: string): Bilingual {
  const [pattern, ru] = REASONS.find(([known]) => known.test(reason)) ?? []
  return { ru: pattern && ru ? reason.replace(pattern, ru) : reason, en: reason }
}
