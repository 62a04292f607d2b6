import type { Bilingual } from '@tillwatch/rules'

/** What the audit trail says of tickets. */
export const ticketPhrases = {
  gone: (ticket: string, desk: string): Bilingual => ({
    ru: `Заявки ${ticket} в ${desk} больше нет: её удалили или закрыли к ней доступ. Новая не создаётся; работа идёт здесь.`,
    en: `Ticket ${ticket} is in ${desk} no more: it was deleted or access to it was taken away. No new one is made; work goes on here.`,
  }),
  merged: (ticket: string, into: string, desk: string): Bilingual => ({
    ru: `Заявку ${ticket} в ${desk} объединили с ${into}: новости пойдут туда комментариями, её статус решают люди.`,
    en: `Ticket ${ticket} in ${desk} was merged into ${into}: news go there as comments, its status is for people to decide.`,
  }),
  rated: (rating: number, desk: string): Bilingual => ({
    ru: `Оценка клиента в ${desk}: ${rating} из 5`,
    en: `The client's rating in ${desk}: ${rating} of 5`,
  }),
  doesNotFit: (desk: string, action: string, why: string): Bilingual => ({
    ru: `Изменение в ${desk} (${action}) не перенесено: ${why}`,
    en: `A change in ${desk} (${action}) was not taken over: ${why}`,
  }),
  twins: (tickets: string, desk: string): Bilingual => ({
    ru: `В ${desk} есть и другие открытые заявки с ключом этого инцидента: ${tickets}. Новости туда не пойдут: закройте их или уберите из них ключ.`,
    en: `There are other open tickets with the key of this incident in ${desk}: ${tickets}. No news go there: close them, or take the key out of them.`,
  }),
  orphan: (tickets: string, desk: string): Bilingual => ({
    ru: `В ${desk} открыты заявки о повторении этого инцидента, которого здесь нет: ${tickets}. Так бывает после восстановления из копии. Если неисправность вернётся, заявка будет принята; если нет, закройте её.`,
    en: `There are open tickets in ${desk} about a return of this incident that is not known here: ${tickets}. That happens after a restore from a backup. If the fault comes back the ticket is taken over; if not, close it.`,
  }),
  kept: (desk: string): Bilingual => ({
    ru: `Подтверждено: ${desk} переехала с прежними номерами, заявка ведётся дальше`,
    en: `Confirmed: ${desk} moved and kept its numbers, the ticket goes on`,
  }),
  tooMany: (desk: string, max: number): Bilingual => ({
    ru: `Из ${desk} за час пришло больше ${max} комментариев: похоже, программы отвечают друг другу. Остальные за этот час остаются там; статус и приоритет переносятся как прежде.`,
    en: `More than ${max} comments came from ${desk} within an hour: programs seem to answer one another. The others of this hour stay there; status and priority are carried over as before.`,
  }),
  apart: (ticket: string, desk: string, status: string, isSentAgain: boolean): Bilingual => ({
    ru: `Заявка ${ticket} в ${desk} расходится с инцидентом: там «${status}». ${isSentAgain ? 'Отправляем ещё раз то, что не прошло.' : 'Это решение людей, оно не отменяется: приведите в соответствие вручную.'}`,
    en: `Ticket ${ticket} in ${desk} says something else than the incident: “${status}”. ${isSentAgain ? 'What was refused is sent again.' : 'People decided so and it is not undone: bring the two in line by hand.'}`,
  }),
}
