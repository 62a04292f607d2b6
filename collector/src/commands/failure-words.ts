import { AppError, messageOf, SpokenError } from '@tillwatch/shared'
import type { Language } from '@tillwatch/shared/words'

interface Words {
  readonly ru: readonly [message: string, nextStep: string]
  /** The next step on a command line, where the failure's own is one for the portal. */
  readonly step?: string
}

/** Failures of what the commands work with, by their codes. Who gave a name on the command line knows it. */
const WORDS: Readonly<Record<string, Words>> = {
  'agent.unknown': {
    ru: ['Такого агента нет', 'Все агенты: tillwatch agent list.'],
    step: 'See `tillwatch agent list` for the ids.',
  },
  'agent.exists': {
    ru: ['Такой агент уже есть', 'Задайте другое имя в --id или выпустите ему новый файл: tillwatch agent rotate.'],
  },
  'agent.revoked': { ru: ['Агент отозван и не ответит', 'Сначала выпустите ему новый файл: tillwatch agent rotate.'] },
  'command.waiting': {
    ru: ['Такая же команда уже ждёт ответа', 'Подождите; агент, который не на связи, получит её, когда вернётся.'],
  },
  'command.too_many': {
    ru: ['Слишком много команд ждут ответа этого агента', 'Подождите, пока он ответит или они истекут.'],
  },
  'command.too_often': {
    ru: ['Этому агенту дали слишком много команд за минуту', 'Подождите минуту: сначала продажи.'],
  },
  'command.too_soon': { ru: ['Эту кассу опрашивали меньше десяти секунд назад', 'Подождите: сначала продажи.'] },
  'command.until': { ru: ['Проверку можно выключить до момента в ближайшие 30 дней', 'Назовите другое время.'] },
  'site.unknown': {
    ru: [
      'Такого объекта нет',
      'Сначала импортируйте справочник (tillwatch import FILE) или добавьте объект на портале.',
    ],
  },
  'token.unknown': {
    ru: ['Такого ключа нет', 'Все ключи: tillwatch token list.'],
    step: 'See `tillwatch token list` for the ids.',
  },
  'token.too_many': { ru: ['Ключей уже слишком много', 'Отзовите те, которыми никто не пользуется.'] },
  'account.unknown': {
    ru: ['Такого пользователя нет', 'Без --user ссылка будет для нового администратора.'],
    step: 'Leave --user out to make a new administrator.',
  },
  'item.unknown': {
    ru: ['Такого оборудования нет', 'Его id стоит в адресе его графиков и в ответе GET /api/fleet.'],
  },
  'rule.unknown': { ru: ['Такого правила у этого оборудования нет', 'Без --rule будут показаны все.'] },
  'data.in_use': {
    ru: ['С этим каталогом данных уже работает другой коллектор', 'Остановите его или задайте этому свой data_dir.'],
  },
  'data.unwritable': {
    ru: [
      'В каталог данных нельзя писать',
      'Создайте его и отдайте учётной записи, под которой работает коллектор, или задайте другой data_dir.',
    ],
  },
  'backup.exists': { ru: ['Такой каталог уже есть', 'Назовите каталог, которого ещё нет.'] },
  'backup.nothing': { ru: ['В каталоге данных коллектора ничего нет', 'Проверьте data_dir в настройках.'] },
  'backup.damaged': { ru: ['Копия повреждена', 'Сделайте другую; проверьте диск.'] },
  'restore.not_empty': {
    ru: [
      'Каталог данных не пуст',
      'Остановите коллектор, перенесите каталог (и храните, пока всё не проверено) и восстановите снова.',
    ],
  },
  'restore.no_backup': { ru: ['Это не копия, сделанная этой программой', 'Назовите каталог, который сделал backup.'] },
}

/** A failure as a command tells it: what is wrong, and in a line of its own what to do. What has no Russian words is told in English. */
export function failureLines(thrown: unknown, language: Language): readonly string[] {
  if (thrown instanceof SpokenError) return [thrown.text[language], thrown.step[language]]
  if (!(thrown instanceof AppError)) return [messageOf(thrown)]
  const words = WORDS[thrown.code]
  if (words && language === 'ru') return words.ru
  return [thrown.message, words?.step ?? thrown.nextStep ?? []].flat()
}
