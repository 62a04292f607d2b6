import { DESK_PIECES } from './desk-sentences.ts'

/** What one looks at when a desk is tried: the server's name of the step and ours. `{}` stands for a name of the desk's own. */
const STEPS: readonly (readonly [string, string])[] = [
  ['create', 'создание'],
  ['find', 'поиск'],
  ['comment', 'комментарий'],
  ['solve', 'решение'],
  ['resend', 'повторная отправка'],
  ['server', 'сервер'],
  ['secret', 'ключ подписи'],
  ['account', 'учётная запись'],
  ['attributes', 'атрибуты'],
  ['bot', 'бот'],
  ['catalogue', 'каталог оборудования'],
  ['chat', 'чат'],
  ['closure code', 'код закрытия'],
  ['details', 'подробности заявки'],
  ['files', 'файлы'],
  ['file size', 'размер файла'],
  ['inventory', 'учёт оборудования'],
  ['key field', 'поле ключа'],
  ['key search', 'поиск по ключу'],
  ['search by key', 'поиск по ключу'],
  ['search', 'поиск'],
  ['list', 'список обращений'],
  ['place', 'место заявки'],
  ['priorities', 'приоритеты'],
  ['statuses', 'статусы'],
  ['queue', 'очередь'],
  ['project', 'проект'],
  ['tracker', 'трекер'],
  ['category', 'категория'],
  ['assignee', 'исполнитель'],
  ['team', 'группа'],
  ['type', 'тип'],
  ['version', 'версия'],
  ['handler', 'ответственный'],
  ['right to create', 'право создавать'],
  ['right to comment', 'право комментировать'],
  ['rights', 'права'],
  ['serial field', 'поле серийного номера'],
  ['serial of assets', 'серийные номера оборудования'],
  ['settings of the desk', 'настройки службы'],
  ['tickets', 'заявки'],
  ['topic', 'тема чата'],
  ['writing', 'право писать'],
  ['buttons', 'кнопки'],
  ['status solved', 'статус «решено»'],
  ['status reopened', 'статус «открыто снова»'],
  ['status on the way to solved', 'статус на пути к решению'],
  ['status on the way to reopened', 'статус на пути к повторному открытию'],
  ['status on the way to {}', 'статус на пути к {}'],
  ['resolution solved', 'резолюция «решено»'],
  ['resolution reopened', 'резолюция «открыто снова»'],
  ['attribute {}', 'атрибут {}'],
  ['column {}', 'колонка {}'],
  ['field {}', 'поле {}'],
  ['priority {}', 'приоритет {}'],
  ['severity {}', 'влияние {}'],
  ['service {}', 'услуга {}'],
  ['state {}', 'состояние {}'],
  ['status {}', 'статус {}'],
  ['place {}, routes {}', 'место {}, маршруты {}'],
  ['place {}, route {}', 'место {}, маршрут {}'],
  ['place, routes {}', 'место заявки, маршруты {}'],
  ['place, route {}', 'место заявки, маршрут {}'],
  ['place {}', 'место {}'],
]

/** A template as what finds it: other signs as they are, `{}` as anything up to what follows. */
const patternOf = (template: string): string =>
  template
    .split('{}')
    .map(piece => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('(.+?)')

const PATTERNS = DESK_PIECES.map(([said, meant]) => [new RegExp(patternOf(said), 'g'), meant] as const)

/** What a connector or the runner said, in Russian as far as it is known. */
export const deskSentence = (text: string): string =>
  PATTERNS.reduce((said, [pattern, meant]) => said.replace(pattern, meant), text)

const quoted = (part: string): string => part.replace(/“(.*?)”/g, '«$1»')

/** The name of a step of a trial, in Russian; the server's own when it is new. */
export function deskStep(name: string): string {
  for (const [said, meant] of STEPS) {
    const found = new RegExp(`^${patternOf(said)}$`).exec(name)
    if (found) return found.slice(1).reduce((name, part) => name.replace('{}', () => quoted(part)), meant)
  }
  return name
}
