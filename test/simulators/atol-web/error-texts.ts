/** Codes of the driver and of the service above it that this simulator can answer with. */
export const CODES = {
  none: 0,
  noConnection: 2,
  badData: 5,
  notSupported: 11,
  busy: 55,
  receiptOpen: 82,
  notActivated: 89,
  fnExchange: 115,
  fnState: 117,
  fnFault: 118,
  hardware: 165,
  fnNotFound: 166,
  jobParse: 501,
  interrupted: 502,
  canceled: 503,
  http: 505,
} as const

const TEXTS: Readonly<Record<number, string>> = {
  0: 'Ошибок нет',
  2: 'Нет связи',
  3: 'Порт занят',
  4: 'Порт недоступен',
  5: 'Некорректные данные',
  11: 'Не поддерживается',
  55: 'ККТ занята',
  82: 'Чек открыт',
  89: 'ККТ не зарегистрирована',
  115: 'Ошибка обмена с ФН',
  117: 'Неверное состояние ФН',
  118: 'Неисправность ФН',
  165: 'Аппаратная ошибка',
  166: 'ФН не найден',
  501: 'Задание не разобрано',
  502: 'Задание прервано',
  503: 'Задание отменено',
  505: 'Запрос отклонён',
}

/** What a service writes beside a code. Services differ in it, so nobody may rely on the words. */
export const textOf = (code: number): string => TEXTS[code] ?? `Ошибка ${code}`
