import type { Language } from '../format.ts'

/** What the server says about a failure, by its code: the message, and the next step where it has one of its own. Empty: the title tells it all. */
const PROBLEMS: Readonly<Record<string, readonly [message: string, nextStep?: string]>> = {
  internal: [''],
  'session.required': [''],
  'session.wrong': [''],
  'role.required': [''],
  'rate.limited': [''],
  'route.unknown': ['По этому адресу ничего нет'],
  'origin.foreign': [
    'Запрос пришёл не со страницы этого сервера',
    'Откройте портал по адресу public_url из настроек коллектора.',
  ],
  'page.position': ['Список успел измениться', 'Обновите страницу.'],
  'terminal.unknown': ['Такого терминала нет', 'Откройте его из списка.'],
  'item.unknown': ['Такого оборудования нет', 'Откройте его из списка касс.'],
  'setting.unknown': ['У кассы нет такой настройки', 'Обновите страницу: касса могла успеть измениться.'],
  'token.unknown': ['Такого ключа нет', 'Обновите список ключей.'],
  'token.too_many': ['Ключей уже слишком много', 'Пользуйтесь теми, что есть: один ключ на одну программу.'],
  'link.unknown': ['Такая связь не предложена', 'Откройте инцидент ещё раз.'],
  'incident.unknown': ['Такого инцидента нет', 'Откройте его из списка.'],
  'incident.not_mass': ['Это не массовый инцидент', 'Откройте его из списка.'],
  'maintenance.unknown': ['Такого окна обслуживания нет', 'Откройте список ещё раз.'],
  'maintenance.unknown_scope': [
    'Такого объекта, клиента или кассы нет',
    'Выберите из справочника или откройте окно со страницы терминала.',
  ],
  'maintenance.past': ['Конец окна уже прошёл', 'Выберите время, которое ещё не наступило.'],
  'maintenance.too_many': [
    'Окон обслуживания уже слишком много',
    'Закончите ненужные или откройте одно на объект или клиента.',
  ],
  'agent.unknown': ['Такого агента нет', 'Откройте его терминал из списка.'],
  'agent.revoked': ['Личность агента отозвана: он не ответит', 'Сначала выпустите ему новую: tillwatch agent rotate.'],
  'command.waiting': [
    'Такая же команда уже ждёт ответа',
    'Подождите его; агент, который не на связи, получит её, когда вернётся.',
  ],
  'command.too_many': ['Слишком много команд ждут ответа этого агента', 'Подождите, пока он ответит или они истекут.'],
  'command.too_often': ['Этому агенту дали слишком много команд за минуту', 'Подождите минуту: сначала продажи.'],
  'command.too_soon': ['Эту кассу опрашивали меньше десяти секунд назад', 'Подождите: сначала продажи.'],
  'command.until': ['Проверку можно выключить до момента в ближайшие 30 дней', 'Выберите другое время.'],
  'command.no_log': ['Эта команда журнала не принесла', 'Соберите его снова.'],
  'runbook.unknown': ['Такой инструкции нет', 'Инструкции лежат в docs/runbooks и названы как правила.'],
  'desk.unknown': ['Такой службы поддержки в настройках нет'],
  'account.unknown': ['Такого пользователя нет', 'Обновите список пользователей.'],
  'session.unknown': ['Такого сеанса уже нет', 'Обновите страницу.'],
  'invitation.unknown': [''],
  'account.name_taken': ['Это имя занято', 'Выберите другое.'],
  'account.last_administrator': ['Это последний администратор', 'Сначала назначьте администратором кого-нибудь ещё.'],
  'account.too_many': ['Пользователей уже столько, сколько может быть', 'Обратитесь к тому, кто ведёт эту установку.'],
  'account.password': ['Текущий пароль не подходит', 'Проверьте раскладку и Caps Lock.'],
  'account.disabled': ['Эта учётная запись отключена', 'Попросите администратора включить её.'],
  'account.busy': ['Слишком много входов одновременно', 'Повторите через полминуты.'],
  'invitation.name': ['Ссылка выдана на другое имя', 'Откройте свою ссылку или попросите новую.'],
  'incident.not_yours': ['Так с инцидентом может поступить только поддержка', 'Напишите комментарий.'],
  'incident.repeated': ['По этой причине уже есть более новый инцидент', 'Работайте в нём.'],
  'incident.not_waiting': ['Ответа по этому инциденту не ждут', 'Запишите его комментарием.'],
  'incident.waiting': ['Инцидент ждёт ответа клиента', 'Сначала запишите ответ.'],
  'incident.priority_support': ['Приоритет задала поддержка', 'Напишите комментарий: она решит, менять ли его.'],
  'incident.critical': ['Инцидент уже критичный', 'Делать ничего не нужно.'],
  'incident.not_critical': ['Инцидент не критичный', 'Обновите страницу.'],
  'incident.withdrawn': [
    'Инцидент отозван вместе с оборудованием',
    'Если неисправность осталась, новый инцидент откроется сам.',
  ],
  'incident.mute_past': ['Это время уже прошло', 'Выберите время в будущем.'],
  'incident.duplicate_of': ['Нужен номер другого инцидента', 'Укажите номер того, который остаётся.'],
  'assignee.unknown': ['Такого сотрудника нет', 'Выберите из списка.'],
  'client.unknown': ['Клиента с таким кодом в справочнике нет', 'Возьмите код из справочника.'],
  'site.unknown': ['Объекта с таким кодом в справочнике нет', 'Возьмите код из справочника.'],
  'incident.finished': [
    'Инцидент уже решён или закрыт',
    'Обновите страницу; если неисправность осталась, откройте его снова.',
  ],
  'incident.not_solved': ['Инцидент ещё не решён', 'Обновите страницу.'],
  'incident.reopen_window': [
    'Инцидент решён больше 72 часов назад',
    'Если неисправность вернулась, откроется новый инцидент.',
  ],
  'incident.silence_past': ['Конец тишины уже прошёл', 'Выберите время в будущем.'],
  'series.range': ['Начало периода позже его конца'],
  'live.full': ['Открыто слишком много страниц', 'Закройте лишние вкладки портала.'],
  'request.invalid': ['Сервер не понял запрос', 'Исправьте названные поля и повторите.'],
  'request.too_large': ['Запрос слишком велик', 'Отправьте его частями.'],
  'request.slow': ['Запрос шёл слишком долго', 'Повторите.'],
}

/** Sentences of reports and of desks, which carry no code: what the server says and what it means. */
const SENTENCES: readonly (readonly [RegExp, string])[] = [
  [
    /^Try again\. If it stays, the server's log tells more under request (.+)\.$/,
    'Повторите. Если не пройдёт, подробности в журнале сервера: запрос $1.',
  ],
  [/\binvalid: /, ''],
  [/\b(?:unauthorised|forbidden): /, 'нет доступа: '],
  [/\bnot_found: /, 'не найдено: '],
  [/\bmisconfigured: /, 'ошибка в настройках: '],
  [/\bchange_refused: /, 'изменение не принято: '],
  [/\baddress_blocked: /, 'адрес запрещён: '],
  [/\bgone: /, 'больше не принимает: '],
  [/\bexpired: /, 'слишком долго не получалось: '],
  [/the receiver answered (\d+)/, 'получатель ответил $1'],
  [/Redmine answered (\d+)/, 'Redmine ответил $1'],
  [/it wants no more events/, 'событий он больше не ждёт'],
  [/redirects are not followed, give the final address/, 'переадресация не выполняется, укажите конечный адрес'],
  [/check the secret on both sides/, 'проверьте ключ на обеих сторонах'],
  [/is an address of a private network/, 'адрес внутренней сети'],
  [/set allow_private: true if it is meant/, 'если так и задумано, укажите allow_private: true'],
  [
    /Redmine does not accept the API key \(401\): check the secret/,
    'Redmine не принимает ключ API (401): проверьте его',
  ],
  [
    /Redmine forbids it \(403\): check the account’s role and that REST is on/,
    'Redmine запрещает (403): проверьте роль учётной записи и включён ли REST',
  ],
  [
    /Redmine does not know it \(404\): project, ticket, or REST is off/,
    'Redmine этого не знает (404): проект, заявка или REST выключен',
  ],
  [/^a test ticket was created$/, 'пробная заявка создана'],
  [/^it is found by its key$/, 'найдена по нашему ключу'],
  [/^a comment was added and read back$/, 'принят'],
  [/^it was solved, and the desk shows it so$/, 'принято'],
  [/^signs for (.+)$/, 'подписывает сообщения для $1'],
  [/^(.+) accepts us$/, '$1 нас принимает'],
  [/connect ECONNREFUSED (.+)/, 'соединение отвергнуто: $1'],
  [/getaddrinfo ENOTFOUND (.+)/, 'имя не находится: $1'],
]

/** The portal's own words for a code of the server; null when the server's are to be shown. */
export function problemWords(code: string, language: Language): { message: string; nextStep?: string } | null {
  const known = language === 'ru' ? PROBLEMS[code] : undefined
  if (!known) return null
  const [message, nextStep] = known
  return { message, ...(nextStep === undefined ? {} : { nextStep }) }
}

/** A sentence of the server in the reader's language as far as it is known, else as the server says it. */
export const serverText = (text: string, language: Language): string =>
  language === 'ru' ? SENTENCES.reduce((said, [pattern, words]) => said.replace(pattern, words), text) : text
